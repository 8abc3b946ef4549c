import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { splitWords, WordError } from '../../../lib/text/shell-words.js';

interface Recording {
  tool: string;
  cases: { text: string; answer: string[] | { refused: true } }[];
}

const RECORDED = new URL('../../oracle/shell-words/recorded.json', import.meta.url);
const { tool, cases } = JSON.parse(readFileSync(RECORDED, 'utf8')) as Recording;

describe(`shell words against ${tool}`, () => {
  let equal = 0;
  for (const { text, answer } of cases) {
    it(`splits ${JSON.stringify(text)} as it does`, () => {
      expect(split(text)).to.deep.equal(answer);
      equal++;
    });
  }
  after(() => console.log(`      ${equal} of ${cases.length} texts split as ${tool} splits them`));
});

function split(text: string): Recording['cases'][number]['answer'] {
  try {
    return splitWords([{ text, line: 1 }]).map((word) => word.text);
  } catch (error) {
    expect(error).to.be.instanceOf(WordError);
    return { refused: true };
  }
}
