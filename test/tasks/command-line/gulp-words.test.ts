import { createRequire } from 'node:module';
import { expect } from 'chai';
import fc from 'fast-check';
import { gulpRoles } from '../../../tasks/command-line/gulp-words.js';

interface Parser {
  help: (on: boolean) => Parser;
  version: (on: boolean) => Parser;
  detectLocale: (on: boolean) => Parser;
  exitProcess: (on: boolean) => Parser;
  fail: (onFail: () => void) => Parser;
  options: (options: object) => Parser;
  parse: (argv: readonly string[]) => { _: (string | number)[] };
}

const fromHere = createRequire(import.meta.url);
const fromGulp = createRequire(fromHere.resolve('gulp'));
const fromCli = createRequire(fromGulp.resolve('gulp-cli'));
const yargs = fromCli('yargs/yargs') as (argv: []) => Parser;
const cliOptions = fromCli('./lib/shared/options/cli-options') as object;

/** The tasks that gulp-cli itself finds among words. */
function tasksOfGulp(argv: readonly string[]): string[] {
  const parser = yargs([])
    .help(false)
    .version(false)
    .detectLocale(false)
    .exitProcess(false)
    .fail(() => undefined);
  return parser.options(cliOptions).parse(argv)._.map(String);
}

function tasksHere(argv: readonly string[]): string[] {
  const roles = gulpRoles(argv);
  return argv.filter((_, index) => roles[index] === 'task');
}

function numberAsYargsHasIt(text: string): string {
  return text === '' || Number.isNaN(Number(text)) ? text : String(Number(text));
}

const word = fc.oneof(
  fc.constantFrom(
    ...['build:app', 'run:app', 'x', 'true', 'false', '--', '-', '---', '', '-5', '-.5', 'A=1'],
    ...[
      '--pull',
      '--no-cache',
      '--tag',
      '--tag=x',
      '--env',
      '-e',
      '-it',
      '-n5',
      '-x=3',
      '-v /a:/b',
      '-a.b',
      '-a.b=c',
    ],
    ...[
      '--silent',
      '-S',
      '-L',
      '-LL',
      '--cwd',
      '-f',
      '--series',
      '--color',
      '--no-color',
      '--tasks-json',
      '--depth',
    ],
    ...['--logLevel', '--log-level', '--compact-tasks', '--continue', '-Sx', '-xS', '-e-', '-1a', '--a.b'],
  ),
  fc.stringMatching(/^-{0,2}[a-zA-Z][a-zA-Z=]{0,4}$/),
);

describe('tasks/command-line/gulp-words', () => {
  it('finds the tasks that gulp-cli finds, flags that it does not know among them', () => {
    fc.assert(
      fc.property(fc.array(word, { maxLength: 6 }), (argv) => {
        expect(tasksHere(argv).map(numberAsYargsHasIt)).to.deep.equal(
          tasksOfGulp(argv).map(numberAsYargsHasIt),
        );
      }),
      { numRuns: 300, seed: 16 },
    );
  });
});
