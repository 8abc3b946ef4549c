import { expect } from 'chai';
import fc from 'fast-check';
import { gulpRoles } from '../../../tasks/command-line/gulp-words.js';
import { KINDS } from '../../../tasks/docker-tasks.js';
import { flagName } from '../../../tasks/flags.js';
import { many } from '../../circle.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { inGulp } from '../in-gulp.js';

const FILES = {
  'docker/base/Dockerfile': 'FROM busybox\n',
  'docker/app/Dockerfile': 'FROM base AS first\nFROM busybox\nCOPY --from=first / /\n',
  'docker/run.cfg': '[app]\nimage_repo=registry.example/team\n',
};

/** Long enough to stand nowhere else in what is printed. */
const text = fc.stringMatching(/^q[a-z]{5,7}$/);
const pair = fc.tuple(text, text).map((both) => both.join('='));

/** Values that options take; a text for those that are not here. */
const VALUES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  buildArg: fc.oneof(pair, text),
  env: fc.oneof(pair, text),
  label: pair,
  platform: text.map((name) => `linux/${name}`),
  progress: fc.constantFrom('plain', 'tty', 'rawjson'),
  secret: text.map((id) => `id=${id},env=HOME`),
  ssh: text.map((id) => `${id}=/dev/null`),
  target: fc.constant('first'),
  buildArgs: pair.map((label) => `--label ${label}`),
  args: pair.map((label) => `--label ${label}`),
  volume: fc.tuple(text, text).map(([here, there]) => `/${here}:/${there}`),
  publish: fc.integer({ min: 1024, max: 65_535 }).map((port) => `${port}:${port}`),
  interactive: fc.constantFrom('-it', '-t', '-d', '-i'),
  to: text.map((name) => `registry.example/${name}`),
  imageName: fc.tuple(text, text).map((both) => both.join('/')),
};

/** The flags of a task that a dry run cannot show. */
const UNPRINTED: Readonly<Record<string, string[]>> = {
  // Told in a warning: there is nothing to pull.
  'build:app': ['pull'],
  // All of what is built from each other is built in order anyway.
  'build:base': ['base'],
  build: ['base'],
};
/** How the work is done, and not what is done. */
const UNPRINTED_OF_ALL = ['acceptNew', 'dryRun'];

describe('what the dry run of a task prints', () => {
  let root: string;
  before(() => (root = makeProject(FILES, 'proj')));
  after(removeProjects);

  /** `undefined` where the words are refused. */
  const printed = async (task: string, words: readonly string[]): Promise<string | undefined> => {
    const argv = [task, ...words, '--dry-run'];
    const { stdout, error } = await inGulp({ root, tasks: [task], argv });
    if (!error) return stdout;
    expect(error).to.include({ name: 'UserError' });
    expect(stdout, error.message).to.equal('');
    return undefined;
  };

  // Transfer asks both engines for its plan, and the tables print what an engine says: neither is to be had here.
  for (const task of ['build:app', 'build:base', 'build', 'run:app', 'clean', 'clean:app', 'publish:app']) {
    const [kind = ''] = task.split(':');
    const unprinted = [...UNPRINTED_OF_ALL, ...(UNPRINTED[task] ?? [])];
    const flags = Object.entries(KINDS[kind] ?? {}).filter(([option]) => !unprinted.includes(option));
    const flag = fc.constantFrom(...flags).chain(([option, own]): fc.Arbitrary<string[]> => {
      const name = `--${flagName(option, own)}`;
      if (own.type === 'boolean') return fc.constant([name]);
      return fc
        .tuple(VALUES[option] ?? text, fc.boolean())
        .map(([value, isJoined]) =>
          isJoined || value.startsWith('-') ? [`${name}=${value}`] : [name, value],
        );
    });
    const word = fc.oneof(
      { weight: 6, arbitrary: flag },
      { weight: 1, arbitrary: text.map((one) => [one]) },
      { weight: 1, arbitrary: text.map((one) => [`--${one}`]) },
      // Not -f, -h and -v, with which gulp does something else than to run tasks.
      { weight: 1, arbitrary: fc.stringMatching(/^-[a-egi-uw-zA-K]$/).map((one) => [one]) },
    );

    it(`has every flag of ${task} that is not refused`, async () => {
      let understood = 0;
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(word, { minLength: 1, maxLength: 4, selector: String }),
          async (given) => {
            const words = given.flat();
            // What is no flag and no value is a task for gulp, which says itself that there is none.
            fc.pre(
              !gulpRoles([task, ...words])
                .slice(1)
                .includes('task'),
            );
            const lines = await printed(task, words);
            if (lines === undefined) return;
            understood++;
            for (const [at, [written = '', behind]] of given.entries()) {
              const value = behind ?? written.split(/=(.*)/s)[1];
              if (value !== undefined) expect(lines).to.include(value);
              else
                expect(await printed(task, given.toSpliced(at, 1).flat()), `without ${written}`).to.not.equal(
                  lines,
                );
            }
          },
        ),
        { numRuns: many(25, 250) },
      );
      expect(understood).to.be.greaterThan(0);
    });
  }
});
