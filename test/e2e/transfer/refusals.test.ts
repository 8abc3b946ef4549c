import { expect } from 'chai';
import type { Engine } from '../../../lib/engine/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { planTransfer } from '../../../lib/transfer/index.js';
import { bed } from '../../bed/index.js';
import { open } from './workbench.js';

describe('a transfer that cannot be', function () {
  this.timeout(600_000);
  let source: Engine;
  let target: Engine;

  before(async function () {
    this.timeout(600_000);
    const [here, there] = [
      await bed.orSkip(this, () => bed.engine('28-overlay2')),
      await bed.orSkip(this, () => bed.engine('26-overlay2')),
    ];
    await bed.baseImages(here.docker, ['busybox:latest']);
    [source, target] = await Promise.all([open(here.url), open(there.url)]);
  });
  after(() => Promise.all([source, target].map((engine) => engine?.close())));

  for (const [reference, code, part] of [
    ['busybux', 'NO_SUCH_IMAGE', 'did you mean "busybox:latest"?'],
    ['no/such/image:at-all', 'NO_SUCH_IMAGE', 'build or pull it first'],
    ['Busybox', 'BAD_REFERENCE', 'lowercase'],
    ['', 'BAD_REFERENCE', 'names no image'],
    ['busybox@sha256:' + '0'.repeat(64), 'BAD_REFERENCE', 'name:tag'],
    ['0'.repeat(64), 'BAD_REFERENCE', 'names no image'],
  ] as const) {
    it(`says so of ${JSON.stringify(reference)}`, async () => {
      const error: unknown = await planTransfer(source, target, reference).catch((reason: unknown) => reason);
      expect(error).to.be.instanceOf(UserError);
      expect(error).to.have.property('code', code);
      expect((error as UserError).message)
        .to.contain(part)
        .and.to.not.contain('\n');
    });
  }
});
