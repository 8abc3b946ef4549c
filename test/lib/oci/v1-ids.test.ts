import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { isDiffId } from '../../../lib/oci/digest.js';
import { v1LayerIds } from '../../../lib/oci/v1-ids.js';

const { images } = JSON.parse(
  readFileSync(new URL('../../oracle/transfer/v1-ids.json', import.meta.url), 'utf8'),
) as { images: { diffIds: string[]; files: string[] }[] };

describe('the folders of layers in an archive of engine 20.10', () => {
  it('are those that the engine used, but for the top layer', () => {
    let right = 0;
    let all = 0;
    for (const { diffIds, files } of images) {
      const computed = v1LayerIds(diffIds.filter(isDiffId)).map((id) => `${id}/layer.tar`);
      const expected = files.slice(0, -1);
      all += expected.length;
      right += expected.filter((file, i) => file === computed[i]).length;
    }
    console.log(`      v1 IDs: ${right} of ${all}`);
    expect(right).to.equal(all).and.to.be.above(5);
  });

  it('are none for an image without layers', () => expect(v1LayerIds([])).to.deep.equal([]));
});
