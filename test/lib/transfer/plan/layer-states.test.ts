import { expect } from 'chai';
import { type StoreName, storeOf } from '../../../../lib/engine/stores.js';
import type { DiffId } from '../../../../lib/oci/digest.js';
import { layerStates } from '../../../../lib/transfer/plan/layer-states.js';
import { diffId } from '../../oci/ids.js';

describe('which layers the target has', () => {
  const layers = (words: string) => [...words].map(diffId);
  const image = layers('abc');
  const states = (diffIds: DiffId[], chains: DiffId[][], store: StoreName) =>
    layerStates(diffIds, chains, storeOf({ store })).map(({ state }) => state);

  it('counts the longest shared chain from the base on a graph driver', () => {
    expect(states(image, ['a', 'abx', 'zbc'].map(layers), 'graphdriver')).to.deep.equal([
      'there',
      'there',
      'missing',
    ]);
  });

  it("counts the chain in podman's store, and leaves to a probe what is on another one", () => {
    expect(states(image, ['a', 'zc'].map(layers), 'containers-storage')).to.deep.equal([
      'there',
      'missing',
      'probe',
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
