import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { quoteForShell } from '../../../../../lib/engine/connect/ssh/shell-words.js';

describe('quoting for the remote shell', () => {
  it('brings every word through unchanged', () => {
    const word = fc.string({ unit: 'grapheme' }).filter((text) => !text.includes('\0'));
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (words) => {
        const line = quoteForShell(['printf', '%s\\0', ...words]);
        const out = execFileSync('/bin/sh', ['-c', line], { encoding: 'utf8' });
        expect(out.split('\0').slice(0, -1)).to.deep.equal(words);
      }),
      { numRuns: 60, examples: [[["it's", '$HOME', '`id`', '*', '', ' ', '\n', '!x', '~', '-n', '\\']]] },
    );
  });

  it('leaves plain words readable', () => {
    expect(quoteForShell(['docker', 'system', 'dial-stdio'])).to.equal('docker system dial-stdio');
  });
});
