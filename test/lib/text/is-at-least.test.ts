import { expect } from 'chai';
import { isAtLeast } from '../../../lib/text/is-at-least.js';

describe('a version', () => {
  for (const [version, least] of [
    ['1.41', '1.41'],
    ['1.41', '1.9'],
    ['2', '1.41'],
    ['28.5.2', '28.5'],
    ['28', '28.0'],
    ['26.1.5+dfsg1', '26.1.5'],
    ['5.4.0-rc1', '5.4'],
  ] as const)
    it(`${version} is ${least} or later`, () => expect(isAtLeast(version, least)).to.be.true);

  for (const [version, least] of [
    ['1.40', '1.41'],
    ['1.9', '1.41'],
    ['28', '28.0.1'],
    ['', '1.24'],
    ['unknown', '1.24'],
  ] as const)
    it(`${version || 'that is empty'} is before ${least}`, () =>
      expect(isAtLeast(version, least)).to.be.false);
});
