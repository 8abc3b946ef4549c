import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { SYNC_BINARIES } from '../../lib/live/helper/binaries.js';
import {
  chunkHead,
  fileEnd,
  fileOperation,
  linkOperation,
  lookOperation,
  ownerOperation,
} from '../../lib/live/sidecar/operations.js';
import {
  type Architecture,
  compileProgram,
  COMPILER_VERSION,
  compilers,
  type Program,
} from '../../lib/native/build.js';
import { PROBE_BINARIES } from '../../lib/services/ready/probe/binaries.js';
import { HELPER_BINARIES } from '../../lib/transfer/target/helper/binaries.js';
import { RELAY_BINARIES } from '../../lib/transfer/target/relay/binaries.js';
import { bed } from '../bed/index.js';
import { syncProcess } from '../lib/live/helper/helper-process.js';

const BINARIES: Record<Program, Readonly<Record<string, string>>> = {
  rebuild: HELPER_BINARIES,
  probe: PROBE_BINARIES,
  sync: SYNC_BINARIES,
  relay: RELAY_BINARIES,
};

describe('a program in C', function () {
  this.timeout(600_000);

  before(async function () {
    this.timeout(600_000);
    await bed.orSkip(this, () => bed.compilers());
  });

  for (const program of Object.keys(BINARIES) as Program[]) {
    for (const architecture of Object.keys(compilers) as Architecture[]) {
      it(`is what its source compiles to (${program}, ${architecture})`, async function () {
        await bed.orSkip(this, () => sameCompiler(compilers[architecture].program));
        const compiled = compileProgram(program, architecture).toString('base64');
        expect(compiled).to.equal(BINARIES[program][architecture]);
      });
    }
  }

  it('keeps folders current on arm64 too (emulated)', async () => {
    await using sync = await syncProcess('arm64', ['qemu-aarch64-static']);
    const at = (path: string) => ({ root: 1, path });
    const answers = await sync.run(
      ownerOperation({ user: process.getuid?.() ?? 0, group: process.getgid?.() ?? 0 }),
      Buffer.concat([fileOperation(at('a'), 0o644, 1n), chunkHead(3), Buffer.from('abc'), fileEnd(true)]),
      linkOperation(at('l'), Buffer.from('a')),
      lookOperation(at('a')),
      linkOperation(at('no/where'), Buffer.from('a')),
    );
    expect(await readFile(join(sync.roots[1] ?? '', 'l'), 'utf8')).to.equal('abc');
    // FIPS 180-4's own example.
    const digest = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad';
    expect(answers).to.deep.equal([
      { kind: 'sight', what: 'file', mode: 0o644, digest },
      { kind: 'failure', errno: 2, at: at('no/where') },
    ]);
  });
});

/** Another version of the compiler makes other bytes. */
function sameCompiler(program: string): Promise<void> {
  const version = execFileSync(program, ['-dumpfullversion'], { encoding: 'utf8' }).trim();
  return version === COMPILER_VERSION
    ? Promise.resolve()
    : Promise.reject(new Error(`${program} is ${version}, not ${COMPILER_VERSION} of Debian 12`));
}
