import { expect } from 'chai';
import { printableJson, quoted } from '../../../lib/text/quoted.js';

describe('text in quotes', () => {
  it('has signs that a terminal obeys as escapes, those too that JSON leaves as they are', () => {
    expect(quoted('a "b"\n\x1b[2J\x7f\x9b31m\u202e')).to.equal(
      String.raw`"a \"b\"\n\u001b[2J\u007f\u009b31m\u202e"`,
    );
    const value = { 'a\x7f': ['\x9b', 5] };
    expect(JSON.parse(printableJson(value))).to.deep.equal(value);
  });
});
