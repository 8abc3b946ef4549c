import { bed } from '../../bed/index.js';
import { helperBench } from '../../lib/transfer/target/helper/helper-process.js';
import { rebuildsEveryLayer } from '../../lib/transfer/target/helper/rebuild-property.js';

describe('the program that rebuilds layers', function () {
  this.timeout(600_000);

  it('rebuilds layers on arm64 too (emulated)', async function () {
    await bed.orSkip(this, () => bed.compilers());
    const bench = await helperBench('arm64', ['qemu-aarch64-static']);
    try {
      await rebuildsEveryLayer(bench, 20);
    } finally {
      await bench.close();
    }
  });
});
