/**
 * How long a save takes until a program in the container has read it, synced on this machine and over ssh, beside the same
 * save on a bind mount; how long it takes to begin with 20,000 files, and what memory that takes. Compile first: it measures
 * `dist/`.
 *
 *     npx tsx bench/live.ts [--engine 28-containerd] [--saves 200] [--files 20000]
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { bed, type EngineName } from '../test/bed/index.js';
import { openPlace } from '../test/e2e/live/place.js';
import { gulpProgram, project } from '../test/e2e/tasks/gulp.js';
import { bound } from './shared/bound.js';
import { plantSmallFiles } from './shared/images.js';
import { median } from './shared/rounds.js';

/** What a synced save may take of one on a bind mount, and the slowest of 20 of the one in the middle. */
const LIMIT = 3;
const SLOWEST = 3;
/** Bytes. */
const MEMORY = 80e6;

/** Tells what is in the file, whenever it is written or replaced. */
const READER = `
import ctypes, os
libc = ctypes.CDLL(None)
watch = libc.inotify_init()
libc.inotify_add_watch(watch, b"/app/here", 0x8 | 0x80)
os.write(1, b"ready\\n")
last = ""
while os.read(watch, 4096):
    with open("/app/here/saved") as file:
        text = file.read()
    if text not in ("", last):
        last = text
        os.write(1, text.encode())
`;

interface Measured {
  /** Milliseconds of each save. */
  saves: number[];
  /** Milliseconds until the container runs. */
  start: number;
  /** Bytes that gulp has had at most. */
  memory: number;
}

async function measure(
  kind: 'mounted' | 'local' | 'ssh',
  engine: EngineName,
  { folder, saves }: { folder: string; saves: number },
): Promise<Measured> {
  const place = await openPlace(kind, engine);
  await bed.baseImages(place.docker, ['python:3.11-slim']);
  const begun = performance.now();
  const child = spawn(process.execPath, [gulpProgram, 'live:reader', '--silent', ...place.flags], {
    cwd: folder,
    env: place.env,
  });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  try {
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const next = async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error(`live has ended: ${said}`);
      return String(value);
    };
    await next();
    const start = performance.now() - begun;
    const took: number[] = [];
    for (let save = 1; save <= saves; save++) {
      const saved = performance.now();
      writeFileSync(join(folder, 'here/saved'), `${kind} ${save}\n`);
      while ((await next()) !== `${kind} ${save}`);
      took.push(performance.now() - saved);
      await sleep(20);
    }
    return { saves: took, start, memory: memoryOf(child) };
  } finally {
    child.kill('SIGINT');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    await place.close();
  }
}

function memoryOf({ pid }: ChildProcessWithoutNullStreams): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) * 1024;
}

/** The one that 95 of 100 are below. */
function nearlySlowest(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.95)] ?? NaN;
}

const { values } = parseArgs({
  options: {
    engine: { type: 'string', default: '28-containerd' },
    saves: { type: 'string', default: '200' },
    files: { type: 'string', default: '20000' },
  },
});

async function main(): Promise<void> {
  const engine = values.engine as EngineName;
  await using made = await project({
    'docker/base/Dockerfile': 'FROM scratch\n',
    'docker/run.cfg':
      '[run_image]\nsynthetic_images=reader\n[reader]\nname=python\ntag=3.11-slim\nprefix=False\ninteractive=\n' +
      'volumes=-v {project_root}:/app\ncmd=python3 /app/reader.py\n',
    'reader.py': READER,
    'here/saved': '',
  });
  mkdirSync(join(made.folder, 'many'));
  plantSmallFiles(join(made.folder, 'many'), Number(values.files));
  const spec = { folder: made.folder, saves: Number(values.saves) };
  const mounted = await measure('mounted', engine, spec);
  const slowest = nearlySlowest(mounted.saves);
  console.log(
    `bind mount: median ${median(mounted.saves).toFixed(1)} ms, 95 of 100 below ${slowest.toFixed(1)} ms`,
  );
  for (const kind of ['local', 'ssh'] as const) {
    const { saves, start, memory } = await measure(kind, engine, spec);
    bound(`save to reader, ${kind}, ms beside a bind mount`, median(saves), median(mounted.saves), LIMIT);
    bound(
      `save to reader, ${kind}, ms, slowest of 20 beside median`,
      nearlySlowest(saves),
      median(saves),
      SLOWEST,
    );
    const more = (memory - mounted.memory) / 1e6;
    bound(`memory of gulp, ${kind}, MB more than mounted, beside what it may be`, more, MEMORY / 1e6, 1);
    console.log(
      `start, ${kind}: ${(start / 1000).toFixed(1)} s; mounted: ${(mounted.start / 1000).toFixed(1)} s`,
    );
  }
}

void main();
