import { once } from 'node:events';
import { expect } from 'chai';
import { type BrokenBuild, brokenBuildKit, framed, SWITCHED } from '../broken-buildkit.js';
import { type BrokenEngine, brokenEngine, ESCAPES } from '../broken-engine.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { runBin, startBin } from './run-bin.js';

const NO_MESSAGE = Buffer.alloc(50, 0xff);
/** What stands before a message of four gigabytes, and the beginning of that. */
const TOO_LONG = Buffer.concat([Buffer.from([0, 0xff, 0xff, 0xff, 0xf0]), Buffer.alloc(1 << 16)]);
const SECRET = '/moby.buildkit.secrets.v1.Secrets/GetSecret';
const STEP = { digest: 'sha256:1', name: '[1/2] RUN x', started: { seconds: 1 } };

/** The answer is why the build fails, so that it can be seen. */
function asking(
  method: string,
  bytes: Buffer,
  headers?: Record<string, string>,
): () => Promise<BrokenEngine> {
  return () =>
    brokenBuildKit(async (build) => build.fail(`heard ${await build.ask(method, bytes, headers)}`));
}

const FILES = '/moby.filesync.v1.FileSync/DiffCopy';
const NOTHING = Buffer.alloc(0);
/** The content of the file with the number 99. */
const FILE_99 = Buffer.from([0x08, 1, 0x18, 99]);

function telling(bytes: Buffer): () => Promise<BrokenEngine> {
  return () => brokenBuildKit(({ status }) => void status.write(bytes));
}

async function tellInEscapes({ tell, fail }: BrokenBuild): Promise<void> {
  const vertex = STEP.digest;
  const name = `${STEP.name} ${ESCAPES}`;
  await tell({ vertexes: [{ ...STEP, name }] });
  await tell({
    statuses: [{ ID: `part ${ESCAPES}`, vertex, current: 1, total: 5 }],
    logs: [{ vertex, msg: Buffer.from(`log ${ESCAPES}\n`) }],
    warnings: [{ vertex, short: Buffer.from(`warning ${ESCAPES}`), url: `http://a/${ESCAPES}` }],
  });
  await tell({ vertexes: [{ ...STEP, name, completed: { seconds: 2 }, error: `reason ${ESCAPES}` }] });
  fail(encodeURIComponent(`reason ${ESCAPES}`));
}

async function tellOfManySteps({ tell, fail }: BrokenBuild): Promise<void> {
  for (let message = 0; message < 100; message++) {
    const steps = Array.from({ length: 500 }, (_, at) => ({
      ...STEP,
      digest: `sha256:${message * 500 + at}`,
    }));
    await tell({ vertexes: steps });
  }
  fail('enough');
}

async function tellForEver({ tell, status }: BrokenBuild): Promise<void> {
  await tell({ vertexes: [STEP] });
  const logs = [{ vertex: STEP.digest, msg: Buffer.from(`${'y'.repeat(999)}\n`.repeat(50)) }];
  while (!status.destroyed) await tell({ logs });
}

const CASES: Readonly<Record<string, { engine: () => Promise<BrokenEngine>; says: RegExp }>> = {
  'that tells what is no message': {
    engine: telling(framed(NO_MESSAGE)),
    says: /Control\/Status with something that is no message of BuildKit/,
  },
  'that tells a message of four gigabytes': {
    engine: telling(TOO_LONG),
    says: /Control\/Status with something that is no message of BuildKit/,
  },
  'that asks what is no message': {
    engine: asking(SECRET, framed(NO_MESSAGE)),
    says: /was not built: heard 2 invalid wire type/,
  },
  'that asks in a message of four gigabytes': {
    engine: asking(SECRET, TOO_LONG),
    says: /was not built: heard 2 a message of over 64 MiB\.$/,
  },
  'that asks for what every object has': {
    engine: asking('constructor', framed(NOTHING)),
    says: /was not built: heard 12 unknown method\.$/,
  },
  'that asks for a file that it was not told of': {
    engine: asking(FILES, framed(FILE_99), { 'dir-name': 'context' }),
    says: /was not built: heard 5 there is no file of the number 99 in the context\.$/,
  },
  'that asks for what no file can be named by': {
    engine: asking(FILES, NOTHING, { 'dir-name': 'context', followpaths: 'a/b[' }),
    says: /was not built: heard 3 no file can be named by "a\/b\[", for "\[" begins a class/,
  },
  'that asks in what is badly encoded': {
    engine: asking(FILES, NOTHING, {
      'dir-name': 'context',
      'include-patterns': '%zz',
      'include-patterns-encoded': '1',
    }),
    says: /was not built: heard 3 URI malformed\.$/,
  },
  'whose reason is not encoded': {
    engine: () => brokenBuildKit(({ fail }) => fail('100%zz')),
    says: /dev was not built: 100%zz\.$/,
  },
  'that cuts the connection': {
    engine: () => brokenBuildKit(({ connection }) => void connection.destroy()),
    says: /The connection to the engine broke in the middle of the build/,
  },
  'that speaks something else than HTTP/2': {
    engine: () => brokenEngine({}, (_, socket) => socket.write(SWITCHED + '\x07'.repeat(100_000))),
    says: /The connection to the engine broke in the middle of the build/,
  },
  'that gives an answer, not a connection': {
    engine: () =>
      brokenEngine({}, (_, socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nOK')),
    says: /POST \/grpc with HTTP status 200, not a connection/,
  },
  'that names, prints, warns and fails in escapes': {
    engine: () => brokenBuildKit(tellInEscapes),
    says: /RUN x .*failed, so dev was not built: reason .*\n {2}log .*link$/,
  },
  'of fifty thousand steps': {
    engine: () => brokenBuildKit(tellOfManySteps),
    says: /dev was not built: enough\.$/,
  },
};

describe('an engine whose BuildKit is broken', () => {
  let root: string;
  before(() => (root = makeProject({ 'docker/dev/Dockerfile': 'FROM scratch\n' })));
  after(removeProjects);

  for (const [what, { engine, says }] of Object.entries(CASES))
    it(`${what}: build-image says so in one sentence, in what a terminal may show`, async () => {
      await using broken = await engine();
      const { output, status } = await runBin(['build-image', 'dev'], root, broken.url);
      expect(output).not.to.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f]/);
      const sentence = output.replace(/^(?:\[[\d:]+\]|docker build) .*\n/gm, '').trimEnd();
      expect(sentence).to.match(says);
      expect(sentence.split('\n').filter((line) => !line.startsWith('  '))).to.have.length(1);
      expect(sentence).not.to.match(/^\s+at /m);
      expect(status).to.equal(1);
    });

  it('that prints for ever is read for ever, until Ctrl-C', async () => {
    await using broken = await brokenBuildKit(tellForEver);
    const child = startBin(['build-image', 'dev'], root, broken.url);
    let printed = 0;
    let end = '';
    const ended = once(child, 'close');
    child.stdout.resume();
    child.stderr.setEncoding('utf8').on('data', (piece: string) => {
      if (printed < 20e6 && printed + piece.length >= 20e6) child.kill('SIGINT');
      printed += piece.length;
      end = (end + piece).slice(-5000);
    });
    const [status, signal] = (await ended) as [number | null, NodeJS.Signals | null];
    expect(printed).to.be.greaterThan(20e6);
    expect(end).not.to.match(/^\s+at /m);
    // No process of Windows ends by a signal of its own.
    expect(process.platform === 'win32' && status === 130 ? 'SIGINT' : signal).to.equal('SIGINT');
  });
});
