import { expect } from 'chai';
import { bytesHeldFor } from '../../../../lib/transfer/stores/folder-order.js';

const held = (...paths: string[]) =>
  bytesHeldFor(paths.map((path, index) => ({ path, size: 10 ** index, checksum: '' })));

describe('the order in which an engine gives a folder away', () => {
  it('is that of a build’s layers: the names of each folder sorted by their bytes', () => {
    expect(held('a/b', 'a/b.c/d', 'a/b0', 'a.b', 'ä')).to.equal(0);
  });

  it('makes what comes too early be held', () => {
    expect(held('b', 'a')).to.equal(10);
    expect(held('./z/b', './z/a', './y', './x')).to.equal(10 + 100 + 1000);
    expect(held('a', 'c', 'b', 'e', 'd')).to.equal(10_000);
  });
});
