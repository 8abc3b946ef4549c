import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import { type Architecture, compileProgram, COMPILER_VERSION, compilers } from '../../../lib/native/build.js';
import { PROBE_BINARIES } from '../../../lib/services/probe/binaries.js';
import { HELPER_BINARIES } from '../../../lib/transfer/target/helper/binaries.js';
import { bed } from '../../bed/index.js';
import { helperBench } from '../../lib/transfer/target/helper/helper-process.js';
import { rebuildsEveryLayer } from '../../lib/transfer/target/helper/rebuild-property.js';

describe('the program that rebuilds layers', function () {
  this.timeout(600_000);

  before(async function () {
    this.timeout(600_000);
    await bed.orSkip(this, () => bed.compilers());
  });

  for (const architecture of Object.keys(compilers) as Architecture[]) {
    it(`is what its source compiles to (${architecture}), and so is the one that asks ports`, async function () {
      await bed.orSkip(this, () => sameCompiler(compilers[architecture].program));
      expect(compileProgram('rebuild', architecture).toString('base64')).to.equal(
        HELPER_BINARIES[architecture],
      );
      expect(compileProgram('probe', architecture).toString('base64')).to.equal(PROBE_BINARIES[architecture]);
    });
  }

  it('rebuilds layers on arm64 too (emulated)', async () => {
    const bench = await helperBench('arm64', ['qemu-aarch64-static']);
    try {
      await rebuildsEveryLayer(bench, 20);
    } finally {
      await bench.close();
    }
  });
});

/** Another version of the compiler makes other bytes. */
function sameCompiler(program: string): Promise<void> {
  const version = execFileSync(program, ['-dumpfullversion'], { encoding: 'utf8' }).trim();
  return version === COMPILER_VERSION
    ? Promise.resolve()
    : Promise.reject(new Error(`${program} is ${version}, not ${COMPILER_VERSION} of Debian 12`));
}
