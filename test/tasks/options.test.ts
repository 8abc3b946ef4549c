import { expect } from 'chai';
import { BUILD_FLAGS } from '../../tasks/build-options.js';
import { DockerRegistry, type DockerTasks, dockerTasks, UserError } from '../../tasks/index.js';
import { checkOptions } from '../../tasks/options.js';
import { RUN_FLAGS } from '../../tasks/run.js';
import { TRANSFER_FLAGS } from '../../tasks/transfer.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { standardOutput } from './standard-output.js';

/** The factories as JavaScript has them. */
type Loose = Record<keyof DockerTasks, (...args: unknown[]) => unknown>;

describe('options of a gulpfile', () => {
  let tasks: DockerTasks;
  let root: string;
  before(() => {
    root = makeProject({ 'docker/app/Dockerfile': 'FROM scratch\n' });
    tasks = dockerTasks({ root, argv: [], env: { USER: 'ada' } });
  });
  after(removeProjects);

  it('take one string where a list is wanted', () => {
    expect(checkOptions('run:app', RUN_FLAGS, { env: 'A=1', volume: '/a:/b' })).to.deep.equal({
      env: ['A=1'],
      volume: ['/a:/b'],
    });
    expect(checkOptions('transfer:app', TRANSFER_FLAGS, { host: 'alpha, beta' })).to.deep.equal({
      host: ['alpha', 'beta'],
    });
    expect(checkOptions('transfer:app', TRANSFER_FLAGS, { host: ['alpha,beta', 'ada@c'] })).to.deep.equal({
      host: ['alpha', 'beta', 'ada@c'],
    });
  });

  it('take an object for env', () => {
    expect(checkOptions('run:app', RUN_FLAGS, { env: { A: 1, B: 'x y', C: true } })).to.deep.equal({
      env: ['A=1', 'B=x y', 'C=true'],
    });
  });

  it('are not given where they are undefined', () => {
    expect(checkOptions('build:app', BUILD_FLAGS, { tag: undefined })).to.deep.equal({});
  });

  const refused: [call: string, make: (tasks: Loose) => unknown, sentence: RegExp][] = [
    [
      "build('app', { nocache: true })",
      (t) => t.build('app', { nocache: true }),
      /build:app: .*"nocache" \(did you mean "noCache"\?\)/,
    ],
    [
      "build('app', { 'no-cache': true })",
      (t) => t.build('app', { 'no-cache': true }),
      /did you mean "noCache"/,
    ],
    [
      "build('app', { 'force-base': true })",
      (t) => t.build('app', { 'force-base': true }),
      /did you mean "base"/,
    ],
    [
      "build('app', { buildargs: 'x' })",
      (t) => t.build('app', { buildargs: 'x' }),
      /did you mean "buildArgs"/,
    ],
    [
      "build('app', { build_args: 'x' })",
      (t) => t.build('app', { build_args: 'x' }),
      /did you mean "buildArgs"/,
    ],
    [
      "build('app', { buildArgs: { A: 1 } })",
      (t) => t.build('app', { buildArgs: { A: 1 } }),
      /option buildArgs is a string, and not an object/,
    ],
    [
      "build('app', { pull: 'yes' })",
      (t) => t.build('app', { pull: 'yes' }),
      /option pull is true or false, and not a string/,
    ],
    [
      "build('app', { tag: 1 })",
      (t) => t.build('app', { tag: 1 }),
      /option tag is a string, and not a number/,
    ],
    ["build('app', 'x')", (t) => t.build('app', 'x'), /options are an object/],
    ['build({ tga: "x" })', (t) => t.build({ tga: 'x' }), /build: .*did you mean "tag"/],
    ['build(undefined)', (t) => t.build(undefined), /image is named by a string/],
    ['build(undefined, {})', (t) => t.build(undefined, {}), /image is named by a string/],
    ...(['run', 'transfer', 'lockedDown', 'publish', 'buildImage'] as const).map(
      (kind): [string, (t: Loose) => unknown, RegExp] => [
        `gulp.series(${kind})`,
        (t) => t[kind](() => undefined),
        new RegExp(`named by a string: ${kind}\\("app"\\) makes the task, which is what gulp is to be given`),
      ],
    ),
    ["run('app', { cmd: 'ls' })", (t) => t.run('app', { cmd: 'ls' }), /did you mean "command"/],
    ["run('app', { environment: 'A=1' })", (t) => t.run('app', { environment: 'A=1' }), /did you mean "env"/],
    [
      "run('app', { env: { A: null } })",
      (t) => t.run('app', { env: { A: null } }),
      /an object in which "A" is null/,
    ],
    [
      "run('app', { env: { A: undefined } })",
      (t) => t.run('app', { env: { A: undefined } }),
      /"A" is undefined/,
    ],
    [
      "run('app', { env: [1] })",
      (t) => t.run('app', { env: [1] }),
      /option env is NAME=value, .*and not a list/,
    ],
    ["run('app', { env: new Map() })", (t) => t.run('app', { env: new Map() }), /option env is/],
    [
      "run('app', { command: ['ls', '-l'] })",
      (t) => t.run('app', { command: ['ls', '-l'] }),
      /option command is a string, and not a list/,
    ],
    [
      "run('app', { __proto__: { tag: 'x' } })",
      (t) => t.run('app', JSON.parse('{"__proto__": 1}')),
      /no option "__proto__"/,
    ],
    ["publish('app', { tags: 'x' })", (t) => t.publish('app', { tags: 'x' }), /did you mean "tag"/],
    ["transfer('app', { hosts: 'x' })", (t) => t.transfer('app', { hosts: 'x' }), /did you mean "host"/],
    ["lockedDown('app', { hots: 'x' })", (t) => t.lockedDown('app', { hots: 'x' }), /did you mean "host"/],
    [
      "buildImage('app', { nocache: 1 })",
      (t) => t.buildImage('app', { nocache: 1 }),
      /did you mean "noCache"/,
    ],
  ];
  for (const [call, make, sentence] of refused) {
    it(`are refused when the pipeline is put together: ${call}`, () => {
      expect(() => make(tasks as unknown as Loose)).to.throw(UserError, sentence);
    });
  }

  it('are checked for dockerTasks and DockerRegistry too', () => {
    const wrong = { rot: root } as object;
    expect(() => dockerTasks(wrong)).to.throw(UserError, 'there is no option "rot" (did you mean "root"?)');
    const registry = new DockerRegistry({ root, project: 5 } as object);
    expect(() => registry.init({ task: () => undefined })).to.throw(UserError, 'option project is a string');
  });

  it('pass what they say on', async () => {
    const { stdout } = await standardOutput(
      tasks.publish('app', { tag: 'zed', to: 'r.example/app', dryRun: true }),
    );
    expect(stdout).to.match(/docker push r.example\/app:zed\n$/);
  });
});
