import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect } from 'chai';

/** sha256 of the files of release 4.0.3 (github.com/LoupVaillant/Monocypher, tag 4.0.3, src/). */
const RELEASE = {
  'monocypher.c': 'f1f838cdd483bdebe0df0ff5c5ed60535e496f769c6a2f933ac4c0b114207123',
  'monocypher.h': 'fcaf6ed771358bb4f40fba016f6518ae86ec02b1b877d2cc35ad92d3a26fd7b3',
};

describe('the cipher of our programs', () => {
  for (const [file, digest] of Object.entries(RELEASE)) {
    it(`is Monocypher's own, unchanged (${file})`, () => {
      const source = readFileSync(new URL(`../../../lib/native/monocypher/${file}`, import.meta.url));
      expect(createHash('sha256').update(source).digest('hex')).to.equal(digest);
    });
  }
});
