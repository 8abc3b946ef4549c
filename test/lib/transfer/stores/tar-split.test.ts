import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { NotAssembled } from '../../../../lib/transfer/base/failures.js';
import { splitSummary } from '../../../../lib/transfer/stores/tar-split.js';

describe('what overlay2 keeps of a layer', () => {
  const file = '{"type":1,"name":"a","size":5,"payload":"AAAAAAAAAAA=","position":0}\n';
  const packed = gzipSync(file);

  it('is read', async () => {
    expect((await splitSummary(packed)).size).to.equal(5);
  });

  const broken: Readonly<Record<string, Buffer>> = {
    'no gzip': Buffer.from(file),
    'cut off': packed.subarray(0, -9),
    'no JSON': gzipSync('{"type":1,\n'),
    nothing: Buffer.alloc(1),
  };
  for (const [what, bytes] of Object.entries(broken))
    it(`cannot be read alone where it is ${what}`, async () => {
      let failed: unknown;
      await splitSummary(bytes).catch((error: unknown) => (failed = error));
      expect(failed).to.be.instanceOf(NotAssembled);
    });
});
