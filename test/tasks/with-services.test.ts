import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { expect } from 'chai';
import { settled, type Work } from '../../tasks/containers/settled.js';
import { withVariables } from '../../tasks/containers/with-variables.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { inGulp } from './in-gulp.js';

const CONFIG = `[run_image]
synthetic_images=tests
[tests]
name=busybox
prefix=False
depends_on=db
[db]
name=postgres:15
prefix=False
ready=port 5432
`;

const dryRun = (argv: string[], called: string[] = []) =>
  inGulp({
    root: makeProject({ 'docker/run.cfg': CONFIG }, 'shop'),
    tasks: [argv[0] ?? ''],
    argv,
    gulpfile: (gulp, { run, withServices }) => ({
      mine: withServices('db', function mine() {
        called.push('mine');
        return Promise.resolve();
      }),
      ours: withServices(['db'], gulp.series(run('tests'))),
    }),
  });

describe('withServices', () => {
  after(removeProjects);

  it('prints in a dry run what starts and stops the services, and calls no function of the gulpfile', async () => {
    const called: string[] = [];
    const { stdout, error } = await dryRun(['mine', '--dry-run'], called);
    expect(error).to.equal(undefined);
    expect(called).to.deep.equal([]);
    expect(stdout).to.match(
      /^docker network create .*\ndocker run .*-p 127\.0\.0\.1::5432\/tcp .*postgres:15\n# wait .*\n# mine runs\ndocker stop -t 10 /,
    );
  });

  it('hands the flags of tasks of ours on that are within, and refuses others', async () => {
    const { stdout, error } = await dryRun(['ours', '--dry-run', '--command', 'pytest -x']);
    expect(error).to.equal(undefined);
    expect(stdout).to.match(/busybox:ada pytest -x\n|busybox(:\w+)? pytest -x\n/);
    expect((await dryRun(['mine', '--dry-run', '--command', 'x'])).error).to.include({
      code: 'UNKNOWN_FLAG',
    });
  });

  it('refuses what is no task', async () => {
    const { error } = await inGulp({
      root: makeProject({ 'docker/run.cfg': CONFIG }, 'shop'),
      tasks: [],
      argv: [],
      gulpfile: (_gulp, { withServices }) => ({ mine: withServices(['db'], 'test' as never) }),
    }).catch((thrown: Error) => ({ error: thrown }));
    expect(error).to.include({ code: 'BAD_OPTION' });
  });
});

describe('a task of gulp that is run by itself', () => {
  const failure = new Error('it');
  const child = (status: number): Work => {
    return () => {
      const process = new EventEmitter();
      setImmediate(() => process.emit('exit', status));
      return process;
    };
  };
  const sink = () => new Writable({ write: (_chunk, _encoding, done) => done() });
  const ends: Record<string, Work> = {
    'it calls back': (done) => done(),
    'it returns a promise': () => Promise.resolve(1),
    'its stream has ended, which nobody reads': () => Readable.from(['a', 'b']),
    'its pipeline has': () => Readable.from(['a']).pipe(sink()),
    'its child process has': child(0),
    'its observable has': () => ({ subscribe: (one: { complete: () => void }) => one.complete() }),
  };
  const failures: Record<string, Work> = {
    'it calls back with an error': (done) => done(failure),
    'its promise does': () => Promise.reject(failure),
    'it throws': () => {
      throw failure;
    },
    'its stream does': () => new Readable({ read: () => undefined }).destroy(failure),
    'its child process does': child(2),
    'its observable does': () => ({
      subscribe: (one: { error: (e: unknown) => void }) => one.error(failure),
    }),
  };
  for (const [when, work] of Object.entries(ends)) it(`has ended when ${when}`, () => settled(work));
  for (const [when, work] of Object.entries(failures))
    it(`fails when ${when}`, async () => {
      expect(await settled(work).catch((error: unknown) => error)).to.be.an('error');
    });

  it('is not waited for for long where it goes on after all was aborted', async () => {
    const abort = new AbortController();
    const waited = settled(() => new Promise(() => undefined), abort.signal).catch((error: unknown) => error);
    abort.abort(failure);
    expect(await waited).to.equal(failure);
  });

  it('has variables that are gone behind it', async () => {
    process.env.WITH_SERVICES_OLD = 'old';
    const seen = await withVariables(
      [
        ['WITH_SERVICES_OLD', 'new'],
        ['WITH_SERVICES_NEW', '1'],
      ],
      () => Promise.resolve([process.env.WITH_SERVICES_OLD, process.env.WITH_SERVICES_NEW]),
    );
    expect(seen).to.deep.equal(['new', '1']);
    expect([process.env.WITH_SERVICES_OLD, process.env.WITH_SERVICES_NEW]).to.deep.equal(['old', undefined]);
    delete process.env.WITH_SERVICES_OLD;
  });
});
