import { expect } from 'chai';
import fc from 'fast-check';
import { UserError } from '../../../lib/text/user-error.js';
import { Invocation } from '../../../tasks/command-line/invocation.js';
import { KINDS } from '../../../tasks/docker-tasks.js';
import { type AnyFlagTable, flagName } from '../../../tasks/flags.js';
import { many } from '../../circle.js';

/** Words that people write, and words that nobody does. */
const letters = fc.stringMatching(/^[a-z]{1,8}$/);
const names = Object.values(KINDS).flatMap((table) =>
  Object.entries(table).map(([option, flag]) => flagName(option, flag)),
);
const word = fc.oneof(
  fc.constantFrom(...names).map((name) => `--${name}`),
  fc.tuple(fc.constantFrom(...names), letters).map(([name, value]) => `--${name}=${value}`),
  letters.map((name) => `--${name}`),
  fc.stringMatching(/^-[a-zA-Z]{1,4}$/),
  fc.stringMatching(/^[a-z]{1,5}(=[a-z0-9]{1,4})?$/),
  fc.constantFrom(
    '-e',
    '-v',
    '-t',
    '--volume',
    '/a:/b',
    'A=1',
    '--cap-add',
    '-it',
    '--',
    '-',
    'true',
    'false',
  ),
);

/** gulp's own flags are its own business. */
const isGulps = (words: readonly string[]) =>
  words.some(
    (one) =>
      /^-[a-zA-Z]*[hvfTSL]|^--[hvfTSL](=|$)/.test(one) ||
      /^--(no-)?(help|version|preload|require|gulpfile|cwd|verify|tasks|depth|compact|sort|color|silent|continue|series|log|completion)/.test(
        one,
      ),
  );

/** Some 2.5 words each: 5,000 for every kind of task in `test:all`. */
const RUNS = many(120, 2000);

describe('random words behind a task', () => {
  for (const [kind, flags] of Object.entries(KINDS)) {
    it(`are refused, or all of them are understood: ${kind}`, () => {
      let understood = 0;
      const own = ownWord(flags);
      // Most of what a line has is what the task takes, so that lines are understood; one wrong word spoils the whole.
      const words = fc.oneof(
        { weight: 3, arbitrary: fc.uniqueArray(own, { minLength: 1, maxLength: 4, selector: optionOf }) },
        { weight: 1, arbitrary: fc.array(fc.oneof(own, word), { minLength: 1, maxLength: 4 }) },
      );
      fc.assert(
        fc.property(words, (words) => {
          fc.pre(!isGulps(words) && !words.includes('--'));
          const options = read(kind, flags, words);
          if (options === undefined) return;
          understood++;
          const told = JSON.stringify(options);
          for (const one of words) {
            const [name = '', value] = one.split(/=(.*)/s);
            const [option] =
              Object.entries(flags).find(([key, flag]) => `--${flagName(key, flag)}` === name) ?? [];
            if (option !== undefined) expect(options).to.have.property(option);
            // What is no flag is a value, or else a task, which gulp itself looks for.
            if (value !== undefined && option !== undefined) expect(told).to.include(value);
            if (/^-./.test(one) && option === undefined) expect(told).to.include(one);
          }
        }),
        { numRuns: RUNS },
      );
      expect(understood).to.be.greaterThan(RUNS / 2);
    });
  }
});

/** A flag that a task takes, as it is to be written. */
function ownWord(flags: AnyFlagTable): fc.Arbitrary<string> {
  return fc.constantFrom(...Object.entries(flags)).chain(([option, flag]) => {
    const name = `--${flagName(option, flag)}`;
    return flag.type === 'boolean' ? fc.constant(name) : letters.map((value) => `${name}=${value}`);
  });
}

function optionOf(word: string): string {
  return word.replace(/=.*/s, '');
}

/** The options of a task, or undefined where the words are refused. */
function read(kind: string, flags: AnyFlagTable, words: readonly string[]): object | undefined {
  const invocation = new Invocation([kind, ...words, '--dry-run'], KINDS);
  try {
    return invocation.take({ name: kind, kind, flags });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.message).to.match(/\S/);
    return undefined;
  }
}
