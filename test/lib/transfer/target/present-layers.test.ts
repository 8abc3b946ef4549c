import { expect } from 'chai';
import fc from 'fast-check';
import { plainLayer } from '../../../../lib/oci/blob.js';
import { countPresent } from '../../../../lib/transfer/target/present-layers.js';
import { diffId } from '../../oci/ids.js';

async function search(total: number, present: number, guess: number) {
  const layers = Array.from({ length: total }, (_, i) => plainLayer(diffId(`${i}`), i));
  const asked: number[] = [];
  const found = await countPresent(layers, guess, (some) => {
    asked.push(some.length);
    return Promise.resolve(some.length <= present);
  });
  return { found, asked };
}

describe('probing for the layers that are there', () => {
  it('finds their number whatever was guessed', async () => {
    const numbers = fc.nat(40).chain((total) => fc.tuple(fc.constant(total), fc.nat(total), fc.nat(total)));
    await fc.assert(
      fc.asyncProperty(numbers, async ([total, present, guess]) => {
        const { found, asked } = await search(total, present, guess);
        expect(found).to.equal(present);
        // So that the layers that were found are held at the end.
        expect(asked.filter((count) => count <= present).at(-1) ?? 0).to.equal(present);
        expect(asked.length).to.be.at.most(3 + Math.ceil(Math.log2(total + 1)));
      }),
    );
  });

  it('asks twice where the guess is right, once where all or nothing is there', async () => {
    expect((await search(20, 12, 12)).asked).to.deep.equal([12, 13]);
    expect((await search(20, 20, 20)).asked).to.deep.equal([20]);
    expect((await search(20, 0, 0)).asked).to.deep.equal([1]);
  });
});
