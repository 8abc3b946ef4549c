import { expect } from 'chai';
import { parseRunLine } from '../../../../lib/run/flags/index.js';
import { runSyntax } from '../../../../lib/run/flags/run-flags.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { many } from '../../../circle.js';
import { allCases, randomNumbers } from '../../../oracle/run-flags/cases.js';
import { seed } from '../../../seed.js';

const LINES = many(3_000, 100_000);
const SEED = 428;
/** Of the flags, each gets the long words with one seed in so many. */
const PART = many(10, 1);

/** Pieces that have a meaning somewhere in a value, or a past of breaking parsers. */
const PIECES =
  ' |,|=|:|/|-|--|.|..|"|""|\'|[|]|%|{|}|\\|\n|\r\n|\t|\u0000|é|\ud800|💥|0|1|-1|9|80|65535|1e9|0x|tcp|udp|/dev/|::1|10.0.0.1|[::1]:|a|name=|type=bind|src=|dst=/x|__proto__|constructor|NaN|inf|1e309|_|*|@sha256:|5s|h|1m|(((('.split(
    '|',
  );

describe('docker run flags, with words at random', () => {
  it(`neither crashes nor hangs on ${LINES} lines`, function () {
    this.timeout(600_000);
    const random = randomNumbers(SEED);
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]!;
    const known = allCases().flatMap(({ words }) => words);
    const flags = Object.keys(runSyntax.flags);
    const noise = () => Array.from({ length: Math.floor(random() * 8) }, () => pick(PIECES)).join('');
    const word = (): string => {
      const kind = random();
      if (kind < 0.3) return pick(known);
      if (kind < 0.5) return `--${pick(flags)}`;
      if (kind < 0.8) return `--${pick(flags)}=${noise()}`;
      return kind < 0.9 ? `-${noise()}` : noise();
    };
    const options = { directory: '/', environment: { A: 'b' }, readFile: () => noise() };
    const outcomes = { read: 0, refused: 0 };
    for (let line = 0; line < LINES; line++) {
      const words = Array.from({ length: 1 + Math.floor(random() * 4) }, word);
      try {
        JSON.stringify(parseRunLine([...words, 'img'], options));
        outcomes.read++;
      } catch (error) {
        if (!(error instanceof UserError))
          throw new Error(`crash on ${JSON.stringify(words)}`, { cause: error });
        outcomes.refused++;
      }
    }
    console.log(`      ${outcomes.read} read, ${outcomes.refused} refused`);
    expect(outcomes.read).to.be.above(LINES / 50);
    expect(outcomes.refused).to.be.above(LINES / 50);
  });

  it('takes no longer for a long word than its length explains', function () {
    this.timeout(600_000);
    const long = [
      'a',
      '1',
      ' ',
      '1_',
      'a.',
      ':',
      '"',
      '=',
      ',',
      '/',
      '-',
      '\'"',
      '0s',
      '1.',
      'a=',
      '[',
      '\n',
      'a,b=',
    ];
    const ends = ['!', '__1'];
    const options = {
      directory: '/',
      environment: {},
      readFile: () => long.map((text) => text.repeat(5000)).join('\n'),
    };
    let slowest = { milliseconds: 0, flag: '', text: '' };
    const flags = Object.keys(runSyntax.flags).filter((_, index) => (index + seed) % PART === 0);
    for (const flag of flags) {
      for (const text of long) {
        for (const end of ends) {
          // Of this process: others may keep it waiting.
          const start = process.cpuUsage();
          try {
            parseRunLine([`--${flag}=${text.repeat(20_000 / text.length)}${end}`, 'img'], options);
          } catch (error) {
            if (!(error instanceof UserError)) throw error;
          }
          const { user, system } = process.cpuUsage(start);
          const milliseconds = (user + system) / 1000;
          if (milliseconds > slowest.milliseconds) slowest = { milliseconds, flag, text: text + end };
        }
      }
    }
    console.log(
      `      slowest ${slowest.milliseconds.toFixed(1)} ms: --${slowest.flag} ${JSON.stringify(slowest.text)}`,
    );
    expect(slowest.milliseconds, JSON.stringify(slowest)).to.be.below(1000);
  });
});
