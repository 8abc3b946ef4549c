import { expect } from 'chai';
import { didYouMean, nearName } from '../../../lib/text/did-you-mean.js';

const NAMES = ['app', 'dev', 'web', 'db', 'logs', 'host', 'publish', 'no-cache', 'force-base', 'platform'];

describe('"did you mean"', () => {
  for (const [word, meant] of [
    ['ap', 'app'],
    ['apps', 'app'],
    ['dve', 'dev'],
    ['wbe', 'web'],
    ['APP', 'app'],
    ['hots', 'host'],
    ['pubilsh', 'publish'],
    ['no_cahce', 'no-cache'],
    ['nocache', 'no-cache'],
    ['force', 'force-base'],
    ['plat', 'platform'],
    ['d', 'db'],
  ] as const)
    it(`is ${meant} for ${word}`, () => {
      expect(didYouMean(word, NAMES)).to.equal(` (did you mean "${meant}"?)`);
    });

  for (const word of ['bogus', 'xyz', 'abc', 'red', 'x', 'a', 'post-it', 'puzzle', '', 'dxx'])
    it(`is nothing for ${JSON.stringify(word)}, which is another word`, () => {
      expect(didYouMean(word, NAMES)).to.equal('');
    });

  it('is the nearest where several are near', () => {
    expect(didYouMean('tets', ['tests', 'text', 'test'])).to.equal(' (did you mean "test"?)');
  });
});

describe('a slip of the pen', () => {
  it('is one that can hardly be anything else', () => {
    for (const word of ['ap', 'dve', ' app ', 'Platform', 'platfrom', 'no-cachee'])
      expect(nearName(word, NAMES), word).to.be.a('string');
    for (const word of ['ab', 'bd', 'plat', 'force', 'abc', 'bogus'])
      expect(nearName(word, NAMES), word).to.equal(undefined);
  });
});
