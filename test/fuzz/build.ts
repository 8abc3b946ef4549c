import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseDockerfile } from '../../lib/build/dockerfile/index.js';
import { cachesToTake, noteWrittenCaches } from '../../lib/build/local-cache.js';
import { ClassicProgress } from '../../lib/build/progress/classic.js';
import { buildFailed, stepFailed } from '../../lib/build/progress/failure.js';
import { SolveProgress } from '../../lib/build/progress/solve.js';
import { decodeStatus } from '../../lib/build/progress/status.js';
import { framePrefix, FrameTooLong, readFrames } from '../../lib/build/session/grpc-frames.js';
import { decodeRequest } from '../../lib/build/session/packets.js';
import { encodeStatus } from '../broken-buildkit.js';
import { noActivity, type Parser, reading } from './parser.js';

const TIME = { seconds: 5 };
const STATUS = encodeStatus({
  vertexes: [
    { digest: 'sha256:1', name: '[1/2] RUN x', started: TIME },
    {
      digest: 'sha256:1',
      name: '[1/2] RUN x',
      started: TIME,
      completed: { seconds: 6 },
      error: 'exit code: 1',
    },
    { digest: 'sha256:2', name: '[internal] load build context', started: TIME },
  ],
  statuses: [{ ID: 'x', vertex: 'sha256:1', current: 1, total: 5 }],
  logs: [{ vertex: 'sha256:1', msg: Buffer.from('a\rb\nc') }],
  warnings: [{ vertex: 'sha256:1', short: Buffer.from('careful'), url: 'http://x' }],
});

const { instructions } = parseDockerfile('FROM a\nRUN x\nRUN y \\\n z\n');
const build = { image: 'dev', shown: 'docker/dev/Dockerfile', instructions };
const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));

function caches(text: string): void {
  const cache = { type: 'local', attributes: { src: 'c', dest: 'c' }, folder };
  writeFileSync(join(folder, 'index.json'), text);
  cachesToTake([cache], 'containerd', () => undefined);
}

export const buildParsers: readonly Parser[] = [
  {
    ...{ name: "BuildKit's Status", samples: [STATUS] },
    parse(input) {
      const { activity, shown } = noActivity();
      const progress = new SolveProgress(activity);
      const status = statusIn(input);
      progress.update(status);
      progress.update(status);
      void progress.cached;
      if (progress.failure) throw stepFailed(build, progress.failure);
      // Lines are made printable where they are shown.
      return shown.filter((_, i) => i < 0);
    },
  },
  {
    ...{
      name: 'messages of gRPC',
      samples: [Buffer.concat([framePrefix(3), Buffer.from('abc')])],
      fails: [FrameTooLong],
    },
    async parse(input) {
      const chunks = Array.from({ length: Math.ceil(input.length / 7) }, (_, i) =>
        input.subarray(i * 7, i * 7 + 7),
      );
      for await (const message of readFrames(asyncOf(chunks))) void message;
    },
  },
  {
    ...{
      name: 'packets of file sync',
      samples: [Buffer.from([8, 1, 24, 5]), Buffer.from([8, 4, 34, 1, 65])],
    },
    parse: (input) => void decodeRequest(input),
  },
  reading(
    'what the classic builder prints',
    ['Step 1/2 : FROM a\n ---> 0123\nStep 2/2 : RUN x\nabc\rdef\n'],
    (text) => {
      const progress = new ClassicProgress(noActivity().activity);
      for (let at = 0; at < text.length; at += 1000) progress.print(text.slice(at, at + 1000));
      progress.end('failed');
      const failure = progress.failure('The command x returned a non-zero code: 1');
      if (failure) throw stepFailed(build, failure);
    },
  ),
  reading(
    'why a build failed',
    [
      'failed to solve: process "/bin/sh -c x" did not complete successfully: exit code: 1',
      'failed to solve with frontend dockerfile.v0: rpc error: code = Unknown desc = dockerfile parse error line 3: x',
      'failed to compute cache key: failed to calculate checksum of ref a::b: "/x": not found',
      "executor failed running [/bin/sh -c x]: exit code: 1\nThe command 'x' returned a non-zero code: 1",
    ],
    (text) => {
      const step = stepFailed(build, { step: `[a 1/2] ${text}`, reason: text, output: [text] });
      throw text.length % 2 ? buildFailed(build, text) : step;
    },
  ),
  reading(
    'the index of a build cache',
    [
      '{"schemaVersion":2,"manifests":[{"digest":"sha256:0","annotations":{"org.opencontainers.image.ref.name":"latest"}}]}',
    ],
    caches,
  ),
  reading(
    'the manifest of a build cache',
    ['{"mediaType":"x","digest":"sha256:0","size":5,"annotations":{"a":"b"}}'],
    (text) => {
      caches('{"manifests":[]}');
      noteWrittenCaches([{ type: 'local', attributes: { dest: 'c' }, folder }], text);
    },
  ),
];

/** What is no message at all, the caller of each says. */
function statusIn(input: Buffer) {
  try {
    return decodeStatus(input);
  } catch {
    return decodeStatus(STATUS);
  }
}

async function* asyncOf<T>(items: readonly T[]): AsyncGenerator<T> {
  for (const item of items) yield await Promise.resolve(item);
}
