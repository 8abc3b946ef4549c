import { expect } from 'chai';
import { expandWord } from '../../../lib/build/dockerfile/shell-word.js';
import { StepOutput } from '../../../lib/build/progress/step-output.js';
import { refusalSentence } from '../../../lib/engine/client/errors.js';
import { parsePattern, trimSpace } from '../../../lib/ignore/pattern.js';
import { readConfig } from '../../../lib/project/run-cfg/config-parser.js';
import { valueOf } from '../../../lib/project/run-cfg/interpolation.js';
import { fillIn, replaceIn } from '../../../lib/project/run-cfg/replacement.js';
import { parseDestination } from '../../../lib/publish/destination.js';
import { Refusal } from '../../../lib/publish/refusal.js';
import { commandLine } from '../../../lib/text/command-line.js';
import { UserError } from '../../../lib/text/user-error.js';

const blanks = ' '.repeat(200_000);

/** Of each, what would take minutes if the time grew with the square of the length. */
const LONG: Readonly<Record<string, () => void>> = {
  'references without an end in a value of run.cfg': () => {
    const value = '%('.repeat(100_000) + ')';
    expect(valueOf(readConfig(`[a]\nb = ${value}\n`), 'a', 'b')).to.equal(value);
  },
  'carriage returns in what a step prints': () => {
    const bar = '\r'.repeat(200_000);
    expect(new StepOutput().add(Buffer.from(`${bar}done${bar}\n`))).to.deep.equal(['done']);
  },
  'colons in a destination': () =>
    expect(() => parseDestination(`team${':'.repeat(200_000)}/app`, { defaultTag: 'x' })).to.throw(UserError),
  'blanks in a value of run.cfg': () => {
    const { sections } = readConfig(`[a]\nb = c${blanks}d\n`);
    expect(sections.get('a')?.entries.get('b')?.value[0]?.text).to.have.length(200_002);
  },
  'blanks in a pattern': () => expect(trimSpace(`a${blanks}b `)).to.have.length(200_002),
  'a pattern that no RegExp can be as long as': () => {
    const long = '{"a":'.repeat(20_000);
    expect(parsePattern(`*${long}`)?.matches('x{"a":')).to.equal(false);
  },
  'beginnings of templates': () => {
    const text = '{{'.repeat(100_000);
    expect(replaceIn(text, { words: new Map(), env: {} })).to.equal(text);
  },
  'beginnings of shell expansions': () => {
    const text = '${A:'.repeat(50_000);
    expect(replaceIn(text, { words: new Map(), env: {} })).to.equal(text);
  },
  'beginnings of templates that are filled in': () => {
    const text = '{{'.repeat(100_000);
    expect(fillIn(text, {})).to.equal(text);
  },
  'beginnings of tags in a page': () => expect(refusalSentence(502, '<'.repeat(200_000))).to.have.length(300),
  'addresses in what a registry says': () => {
    const said = 'http://'.repeat(30_000);
    expect(new Refusal(said).message).to.equal(said);
  },
  'underlines in a flag': () => {
    const flag = `--${'a_'.repeat(100_000)}b`;
    expect(commandLine([flag, 'c'])).to.equal(`${flag} c`);
  },
  'variables in a Dockerfile': () =>
    expect(expandWord('$A'.repeat(50_000), new Map([['A', 'b']]))).to.equal('b'.repeat(50_000)),
};

describe('a long text', () => {
  for (const [what, read] of Object.entries(LONG))
    it(`of ${what} is read in good time`, read).timeout(20_000);

  it('of ${…} within one another is refused', () => {
    expect(() => expandWord('${A:-'.repeat(20_000) + '}'.repeat(20_000), new Map())).to.throw(
      SyntaxError,
      '${…} stand in one another over 200 deep',
    );
  });
});
