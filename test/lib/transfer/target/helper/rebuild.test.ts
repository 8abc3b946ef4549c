import { HELPER_BINARIES } from '../../../../../lib/transfer/target/helper/binaries.js';
import { many } from '../../../../circle.js';
import { onLinux } from '../../../../platform.js';
import { helperBench, native } from './helper-process.js';
import { rebuildsEveryLayer } from './rebuild-property.js';

onLinux('programs', describe)('a layer of which only a delta is sent', function () {
  this.timeout(600_000);

  it('is rebuilt byte for byte, and what the image has is not sent', async function () {
    if (!(native in HELPER_BINARIES)) this.skip();
    const bench = await helperBench(native);
    try {
      await rebuildsEveryLayer(bench, many(6, 40));
    } finally {
      await bench.close();
    }
  });
});
