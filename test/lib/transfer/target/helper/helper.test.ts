import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { constants, deflateRawSync } from 'node:zlib';
import { expect } from 'chai';
import fc from 'fast-check';
import { HELPER_BINARIES } from '../../../../../lib/transfer/target/helper/binaries.js';
import { many } from '../../../../circle.js';
import { onLinux } from '../../../../platform.js';
import { ANSWER, type HelperBench, helperBench, native, type Outcome } from './helper-process.js';

const OPEN = Buffer.from('O');
const ANSWER_BACK = Buffer.from('A');

onLinux('programs', describe)('the program that rebuilds layers', function () {
  this.timeout(600_000);
  let bench: HelperBench;
  let folder: string;
  let root: string;

  before(async function () {
    if (!(native in HELPER_BINARIES)) this.skip();
    bench = await helperBench(native);
    folder = await mkdtemp(join(tmpdir(), 'helper-test-'));
    root = join(folder, 'root');
    for (const path of ['a/b', 'proc', 'sys', 'dev', 'etc'])
      await mkdir(join(root, path), { recursive: true });
    await writeFile(join(folder, 'secret'), 'secret');
    for (const path of [
      'a/b/file',
      'proc/file',
      'sys/file',
      'dev/file',
      'etc/hosts',
      'etc/hostname',
      'etc/hosts2',
    ])
      await writeFile(join(root, path), 'content of a file');
    await symlink('file', join(root, 'a/b/link'));
    await symlink('a', join(root, 'linked-folder'));
    await symlink('../..', join(root, 'a/out'));
    execFileSync('mkfifo', [join(root, 'pipe')]);
  });

  after(async () => {
    await bench?.close();
    if (folder) await rm(folder, { recursive: true, force: true });
  });

  const run = (...operations: Buffer[]) =>
    bench.run([deflateRawSync(Buffer.concat(operations), { finishFlush: constants.Z_SYNC_FLUSH })], root);

  it('sends bytes and parts of files, and hands back what is answered', async () => {
    const operations = [OPEN, literal('<'), part('a/b/file', 11, 6), literal('>'), ANSWER_BACK];
    const outcome = await run(...operations, OPEN, part('etc/hosts2', 0, 7), ANSWER_BACK);
    expect(outcome.received.toString()).to.equal('<a file>content');
    expect(outcome.output).to.equal(`${ANSWER}\0${ANSWER}\0`);
  });

  it('fills up parts of files with zero bytes, as tar does', async () => {
    const padded = (length: number) => part('a/b/file', 0, length, 'P');
    const outcome = await run(
      OPEN,
      padded(7),
      literal('|'),
      padded(17),
      literal('|'),
      padded(0),
      ANSWER_BACK,
    );
    expect(outcome.received.toString()).to.equal(
      `content${'\0'.repeat(505)}|content of a file${'\0'.repeat(495)}|`,
    );
  });

  for (const [path, reason] of [
    ['missing', 'cannot read missing'],
    ['a/b', 'not a regular file: a/b'],
    ['pipe', 'not a regular file: pipe'],
    ['a/b/link', 'cannot read a/b/link'],
    ['linked-folder/b/file', 'cannot read linked-folder/b/file'],
    ['a/out/secret', 'cannot read a/out/secret'],
    ['../secret', 'not a path below the root: ../secret'],
    ['a/../a/b/file', 'not a path below the root: a/../a/b/file'],
    ['/a/b/file', 'not a path below the root: /a/b/file'],
    ['a//b/file', 'not a path below the root: a//b/file'],
    ['a/b/file/', 'cannot read a/b/file/'],
    ['./a/b/file', 'not a path below the root: ./a/b/file'],
    ['proc/file', "not the image's own file: proc/file"],
    ['sys/file', "not the image's own file: sys/file"],
    ['dev/file', "not the image's own file: dev/file"],
    ['etc/hosts', "not the image's own file: etc/hosts"],
    ['etc/hostname', "not the image's own file: etc/hostname"],
  ] as const) {
    it(`does not read ${path}`, async () => {
      const outcome = await run(OPEN, part(path, 0, 6), ANSWER_BACK);
      expect(outcome.complaint).to.equal(`${reason}\n`);
      expect(outcome).to.include({ output: '', signal: null });
      expect(outcome.received.toString()).to.equal('');
    });
  }

  for (const [what, operations, reason] of [
    [
      'a file that is shorter than it should be',
      [OPEN, part('a/b/file', 0, 18)],
      'shorter than it should be: a/b/file',
    ],
    ['an offset behind the end', [OPEN, part('a/b/file', 100, 1)], 'shorter than it should be: a/b/file'],
    ['an unknown operation', [Buffer.from('X')], 'an operation is unknown'],
    ['bytes without a connection', [literal('x'), ANSWER_BACK], 'no connection is open'],
    ['a second connection', [OPEN, OPEN], 'a connection is open already'],
    ['a number that is too large', [OPEN, Buffer.from('L'), Buffer.alloc(12, 0xff)], 'a number is too large'],
    ['a path that is too long', [OPEN, part('x'.repeat(4096), 0, 1)], 'a path is empty or too long'],
    ['an empty path', [OPEN, part('', 0, 1)], 'a path is empty or too long'],
    ['a path with a zero byte', [OPEN, part('a/b/file\0', 0, 1)], 'a path ends early'],
    ['fewer bytes than were announced', [OPEN, literal('x').subarray(0, 2)], 'the input ended early'],
  ] as const) {
    it(`refuses ${what}`, async () => {
      expect(await run(...operations)).to.include({ complaint: `${reason}\n`, signal: null });
    });
  }

  it('refuses whatever is no deflate stream', async () => {
    const bytes = fc.uint8Array({ maxLength: 400 });
    await fc.assert(
      fc.asyncProperty(bytes, async (input) => expectRefusal(await bench.run([Buffer.from(input)], root))),
      { numRuns: many(10, 100) },
    );
  });

  it('survives streams and operations with a few bytes changed', async () => {
    const operations = Buffer.concat(
      Array.from({ length: 20 }, (_, i) => [
        OPEN,
        literal(`some text ${i}`),
        part('a/b/file', i % 17, 1, i % 2 ? 'F' : 'P'),
        ANSWER_BACK,
      ]).flat(),
    );
    const changes = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 5 });
    await fc.assert(
      fc.asyncProperty(changes, fc.boolean(), fc.nat(9), async (changes, packedOnes, level) => {
        const packed = deflateRawSync(packedOnes ? operations : changed(operations, changes), { level });
        expectRefusal(await bench.run([packedOnes ? changed(packed, changes) : packed], root));
      }),
      { numRuns: many(10, 100) },
    );
  });
});

/** It ends by itself, and has read nothing outside of the root. */
function expectRefusal({ status, signal, received }: Outcome): void {
  expect({ status, signal }).to.deep.include({ signal: null });
  expect(status).to.be.within(2, 5);
  expect(received.includes('secret')).to.equal(false);
}

function changed(bytes: Buffer, changes: readonly (readonly [number, number])[]): Buffer {
  const copy = Buffer.from(bytes);
  for (const [at, value] of changes) copy[at % copy.length] = value;
  return copy;
}

function literal(text: string): Buffer {
  return Buffer.concat([Buffer.from('L'), number(text.length), Buffer.from(text, 'latin1')]);
}

function part(path: string, offset: number, length: number, letter = 'F'): Buffer {
  const numbers = [offset, length, path.length].map(number);
  return Buffer.concat([Buffer.from(letter), ...numbers, Buffer.from(path, 'latin1')]);
}

function number(value: number): Buffer {
  return value < 128
    ? Buffer.from([value])
    : Buffer.concat([Buffer.from([(value % 128) + 128]), number(Math.floor(value / 128))]);
}
