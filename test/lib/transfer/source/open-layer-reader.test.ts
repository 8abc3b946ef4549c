import { expect } from 'chai';
import { areManySmall } from '../../../../lib/transfer/source/open-layer-reader.js';

const layers = (count: number, size: number | undefined, wanted = true) =>
  Array.from({ length: count }, () => ({ size, wanted }));
const MB = 1_000_000;

describe('an image is read in one request', () => {
  for (const [what, image, whole] of [
    ['of 120 tiny layers', layers(120, 3_000), true],
    ['of 120 tiny layers on a base', [...layers(1, 150 * MB, false), ...layers(120, 3_000)], true],
    ['of one small layer', layers(1, 3_000), true],
    ['of which a tiny layer is wanted', [...layers(1, 150 * MB, false), ...layers(1, 3_000)], false],
    ['of more than is kept in memory', layers(120, MB), false],
    ['whose sizes are not known', layers(120, undefined), false],
  ] as const) {
    it(`${whole ? 'where it is one' : 'not where it is one'} ${what}`, () => {
      expect(areManySmall(image)).to.equal(whole);
    });
  }
});
