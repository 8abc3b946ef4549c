import { expect } from 'chai';

import { layerStates } from '../../../../lib/transfer/plan/layer-states.js';

describe('which layers the target has', () => {
  const image = ['a', 'b', 'c'];

  it('counts the longest shared chain from the base on a graph driver', () => {
    expect(layerStates(image, [['a'], ['a', 'b', 'x'], ['z', 'b', 'c']], 'graphdriver')).to.deep.equal([
      'there',
      'there',
      'missing',
    ]);
  });

  it("leaves to a probe what any image has in containerd's store", () => {
    expect(layerStates(image, [['a'], ['z', 'c']], 'containerd')).to.deep.equal([
      'probe',
      'missing',
      'probe',
    ]);
  });

  it('finds everything missing on an empty engine, and nothing where an image goes further', () => {
    expect(layerStates(image, [], 'graphdriver')).to.deep.equal(['missing', 'missing', 'missing']);
    expect(layerStates(image, [['a', 'b', 'c', 'd']], 'graphdriver')).to.deep.equal([
      'there',
      'there',
      'there',
    ]);
  });
});
