import { expect } from 'chai';
import { plainLayer } from '../../../../lib/oci/blob.js';
import { tarHeader } from '../../../../lib/oci/tar-writer.js';
import { LayerOrder, type Portion } from '../../../../lib/transfer/packing/layer-order.js';
import { wholeForm } from '../../../../lib/transfer/packing/whole-form.js';
import { fanOut } from '../../../../lib/transfer/source/fan-out.js';
import { randomBytes } from '../../../seed.js';
import { diffId } from '../../oci/ids.js';

const LENGTH = 12_345_678;
const HEADER = tarHeader('', 0).length;

describe('a layer that several hosts get side by side', function () {
  this.timeout(60_000);

  it('goes on for one that holds the others up from where it is, in chunks of any size', async () => {
    const content = randomBytes(LENGTH);
    const layer = plainLayer(diffId('layer'), LENGTH);
    let left: LayerOrder | undefined;
    const order = (leave?: (one: LayerOrder) => void) =>
      new LayerOrder(layer.diffId, wholeForm('none'), [], leave);
    const [quick, slow] = [order(), order((one) => (left = one))];
    const all = gather(quick);

    await fanOut(layer, chunks(content, 65_536), [quick, slow]);
    expect((await all).subarray(HEADER, HEADER + LENGTH).equals(content)).to.equal(true);
    expect(left).to.equal(slow);
    const { written } = slow;
    expect(written).to.be.within(1, LENGTH - 1);

    const late = gather(slow);
    await fanOut(layer, chunks(content, 50_001), [slow]);
    expect((await late).equals(await all)).to.equal(true);
    expect(slow.sent).to.deep.equal(layer);
  });
});

async function* chunks(content: Buffer, length: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < content.length; at += length)
    yield await Promise.resolve(content.subarray(at, at + length));
}

async function gather({ portions }: { portions: AsyncIterable<Portion> }): Promise<Buffer> {
  const gathered: Buffer[] = [];
  for await (const { packed } of portions) gathered.push(packed);
  return Buffer.concat(gathered);
}
