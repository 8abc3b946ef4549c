import { expect } from 'chai';
import { layerStates } from '../../../../lib/transfer/plan/layer-states.js';
import { diffId } from '../../oci/ids.js';

describe('which layers the target has', () => {
  const layers = (words: string) => [...words].map(diffId);
  const image = layers('abc');
  const states = (...words: Parameters<typeof layerStates>) =>
    layerStates(...words).map(({ state }) => state);

  it('counts the longest shared chain from the base on a graph driver', () => {
    expect(states(image, ['a', 'abx', 'zbc'].map(layers), 'graphdriver')).to.deep.equal([
      'there',
      'there',
      'missing',
    ]);
  });

  it("leaves to a probe what any image has in containerd's store", () => {
    expect(states(image, ['a', 'zc'].map(layers), 'containerd')).to.deep.equal(['probe', 'missing', 'probe']);
  });

  it('finds everything missing on an empty engine, and nothing where an image goes further', () => {
    expect(states(image, [], 'graphdriver')).to.deep.equal(['missing', 'missing', 'missing']);
    expect(states(image, [layers('abcd')], 'graphdriver')).to.deep.equal(['there', 'there', 'there']);
  });
});
