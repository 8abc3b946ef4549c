import { expect } from 'chai';
import type { PlannedLayer } from '../../../lib/transfer/base/types.js';
import { nextBatch } from '../../../lib/transfer/batch.js';
import { diffId } from '../oci/ids.js';

const SMALL = 100_000;
const LARGE = 50_000_000;

/** Layers by their names: capitals are large, and go as deltas where that is said. */
function layers(names: string, way: PlannedLayer['way'] = 'whole'): PlannedLayer[] {
  return [...names].map((name) => {
    const isLarge = name === name.toUpperCase();
    const size = isLarge ? LARGE : SMALL;
    return { diffId: diffId(name), size, state: 'missing', way: isLarge ? way : 'whole' };
  });
}

describe('the layers that go in one load', () => {
  const never = () => false;
  const batches = (planned: readonly PlannedLayer[], reuses: boolean, isApart = (_: number) => false) => {
    const found: string[] = [];
    for (let at = 0; at < planned.length;) {
      const { end, diffIds } = nextBatch(planned, at, { isApart, reuses });
      const names = [...'abcdABC'].filter((name) => diffIds.includes(diffId(name)));
      found.push(`${end - at} ${names.join('')}`);
      at = end;
    }
    return found;
  };

  it('are the small ones that follow each other', () => {
    expect(batches(layers('abAcd'), false)).to.deep.equal(['2 ab', '1 A', '2 cd']);
    expect(batches(layers('AB'), true)).to.deep.equal(['1 A', '1 B']);
  });

  it('end where one may turn out to be there', () => {
    expect(batches(layers('abcd'), true, (index) => index === 2)).to.deep.equal(['2 ab', '2 cd']);
  });

  it('are all of them where nothing stays that has come in another one', () => {
    const { end, diffIds } = nextBatch(layers('aABbA'), 1, {
      isApart: () => true,
      reuses: false,
      atOnce: true,
    });
    expect(end).to.equal(5);
    expect(diffIds).to.have.members([...'ABb'].map(diffId));
  });

  it('hold none twice: a graph driver takes one file for all places, so they are of one load', () => {
    expect(batches(layers('cABAd'), false)).to.deep.equal(['1 c', '3 AB', '1 d']);
    expect(batches(layers('ABAB'), false)).to.deep.equal(['4 AB']);
  });

  it("hold none that containerd's store has from a load before", () => {
    expect(batches(layers('ABAB'), true)).to.deep.equal(['1 A', '3 B']);
  });

  it('go as deltas or whole, not as both', () => {
    const planned = layers('aAb', 'delta');
    expect(batches(planned, false)).to.deep.equal(['1 a', '1 A', '1 b']);
    expect(nextBatch(planned, 1, { isApart: never, reuses: false }).way).to.equal('delta');
    expect(nextBatch(layers('AaA', 'delta'), 0, { isApart: never, reuses: false })).to.include({
      end: 3,
      way: 'delta',
    });
  });
});
