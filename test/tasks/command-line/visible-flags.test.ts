import { expect } from 'chai';
import fc from 'fast-check';
import { gulpRoles } from '../../../tasks/command-line/gulp-words.js';
import { KINDS } from '../../../tasks/docker-tasks.js';
import { flagName } from '../../../tasks/flags.js';
import { type BrokenEngine, brokenEngine, saying } from '../../broken-engine.js';
import { many } from '../../circle.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { inGulp } from '../in-gulp.js';

const FILES = {
  'docker/base/Dockerfile': 'FROM busybox\n',
  'docker/app/Dockerfile': 'FROM base AS first\nFROM busybox\nCOPY --from=first / /\n',
  'docker/run.cfg': `[run_image]
synthetic_images=db, tests
[app]
image_repo=registry.example/team
[db]
prefix=False
name=base
[tests]
name=app
depends_on=db
ready_timeout=7s
`,
};

/** Long enough to stand nowhere else in what is printed. */
const text = fc.stringMatching(/^q[a-z]{5,7}$/);
const pair = fc.tuple(text, text).map((both) => both.join('='));

type Values = Readonly<Record<string, fc.Arbitrary<string>>>;

/** Values that options take; a text for those that are not here. */
const VALUES: Values = {
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

/** Those of tasks that look at engines for their plan; an image there is for one platform. */
const VALUES_OF: Readonly<Record<string, Values>> = {
  transfer: { platform: fc.constant('linux/amd64') },
  graph: { svg: text.map((name) => `${name}.svg`) },
};

/** The flags of a task that a dry run cannot show. */
const UNPRINTED: Readonly<Record<string, string[]>> = {
  // Told in a warning: there is nothing to pull.
  'build:app': ['pull'],
  // All of what is built from each other is built in order anyway.
  'build:base': ['base'],
  build: ['base'],
  // What services print, and not what is done.
  'run:tests': ['logs'],
  // A remote host is synced anyway.
  'live:app': ['sync'],
  // There is one host.
  'transfer:app': ['direct'],
  'locked-down:app': ['direct'],
};
/** Tasks that ask engines even then; they are sent to the imitation of one. */
const ASKING = /^(transfer|locked-down):/;
const TASKS = [
  ...['build:app', 'build:base', 'build', 'run:app', 'clean', 'clean:app', 'publish:app'],
  ...['live:app', 'run:tests', 'transfer:app', 'locked-down:app', 'genversion', 'graph', 'images', 'config'],
  ...['config:app', 'doctor', 'help', 'help:run'],
];

/** How the work is done or told, and not what is done. */
const UNPRINTED_OF_ALL = ['acceptNew', 'dryRun', 'json'];

describe('what the dry run of a task prints', () => {
  let root: string;
  let source: BrokenEngine;
  let target: BrokenEngine;
  before(async () => {
    root = makeProject(FILES, 'proj');
    source = await brokenEngine({});
    target = await brokenEngine({
      'GET /images/json': saying([]),
      'GET /images/': saying({ message: 'no such image' }, 404),
    });
  });
  after(async () => {
    removeProjects();
    await source[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  /** `undefined` where the words are refused. */
  const printed = async (task: string, words: readonly string[]): Promise<string | undefined> => {
    const host =
      ASKING.test(task) && !words.some((word) => /^--host/.test(word)) ? ['--host', target.url] : [];
    const argv = [task, ...words, ...host, '--dry-run'];
    const env = { PATH: process.env.PATH, USER: 'ada', HOME: '/home/ada', DOCKER_HOST: source.url };
    let stderr = '';
    const write = process.stderr.write.bind(process.stderr);
    process.stderr.write = (chunk: string | Uint8Array) => (stderr += String(chunk)) !== '';
    const { stdout, error } = await inGulp({ root, tasks: [task], argv, env }).finally(
      () => (process.stderr.write = write),
    );
    if (!error) return stdout + stderr.replace(/^\[[\d:]+\] /gm, '');
    expect(error).to.include({ name: 'UserError' });
    expect(stdout, error.message).to.equal('');
    return undefined;
  };

  for (const task of TASKS) {
    const [kind = ''] = task.split(':');
    const asked = ASKING.test(task) && {
      host: fc.constant(null).map(() => target.url),
      from: fc.constant(null).map(() => source.url),
    };
    const valuesOf: Values = { ...VALUES, ...asked, ...VALUES_OF[kind] };
    const unprinted = [...UNPRINTED_OF_ALL, ...(UNPRINTED[task] ?? [])];
    const flags = Object.entries(KINDS[kind] ?? {}).filter(([option]) => !unprinted.includes(option));
    const nameOf = ([option, own]: (typeof flags)[number]) => `--${flagName(option, own)}`;
    const [understoodAlone] = flags.filter(([, own]) => own.type === 'boolean').map(nameOf);
    const arbitraries = flags.map(([option, own]): fc.Arbitrary<string[]> => {
      const name = nameOf([option, own]);
      if (own.type === 'boolean') return fc.constant([name]);
      return fc
        .tuple(valuesOf[option] ?? text, fc.boolean())
        .map(([value, isJoined]) =>
          isJoined || value.startsWith('-') ? [`${name}=${value}`] : [name, value],
        );
    });
    const word = fc.oneof(
      ...(flags.length > 0 ? [{ weight: 6, arbitrary: fc.oneof(...arbitraries) }] : []),
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
        // Of few words that come by chance each may be one that is refused.
        { numRuns: many(8, 250), examples: understoodAlone === undefined ? [] : [[[[understoodAlone]]]] },
      );
      if (flags.length > 0) expect(understood).to.be.greaterThan(0);
      else expect(understood).to.equal(0);
    });
  }
});
