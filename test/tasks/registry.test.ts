import { expect } from 'chai';
import { KINDS } from '../../tasks/docker-tasks.js';
import { DockerRegistry, UserError } from '../../tasks/index.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { newGulp } from './new-gulp.js';

/** Names of the tasks that the registry defines, which are what gulp completes and lists. */
function tasksOf(files: Record<string, string>): string[] {
  const names: string[] = [];
  const taker = { task: (name: string) => names.push(name) } as unknown as Parameters<
    DockerRegistry['init']
  >[0];
  new DockerRegistry({ root: makeProject(files), env: { USER: 'alice' } }).init(taker);
  return names;
}

describe('DockerRegistry', () => {
  after(removeProjects);

  it('defines a task for everything that an image can do', () => {
    const names = tasksOf({
      'docker/app/Dockerfile': 'FROM scratch\n',
      'docker/notes/README': '',
      'docker/run.cfg': '[run_image]\nsynthetic_images=shell\n[shell]\nname=app\n',
    });
    expect(names).to.have.members([
      ...[
        'genversion',
        'build',
        'clean',
        'graph',
        'images',
        'config',
        'doctor',
        'services',
        'help',
        'stop',
        'ps',
      ],
      ...Object.keys(KINDS).map((kind) => `help:${kind}`),
      ...[
        'build:app',
        'clean:app',
        'layers:app',
        'transfer:app',
        'locked-down:app',
        'publish:app',
        'deploy:app',
        'rollback:app',
        'job:app',
        'run:app',
        'live:app',
        'config:app',
      ],
      ...['run:shell', 'live:shell', 'config:shell', 'deploy:shell', 'rollback:shell', 'job:shell'],
      ...['app', 'shell'].flatMap((image) =>
        ['start', 'stop', 'logs', 'exec', 'shell'].map((kind) => `${kind}:${image}`),
      ),
    ]);
  });

  it('leaves the tasks of another project alone, and takes a prefix instead', () => {
    const app = { 'docker/app/Dockerfile': 'FROM scratch\n' };
    const root = makeProject(app);
    const other = makeProject(app);
    const own = newGulp();
    own.registry(new DockerRegistry({ root }));
    expect(() => own.registry(new DockerRegistry({ root: other }))).to.throw(
      UserError,
      /already.*prefix: 'api'/,
    );
    const both = newGulp();
    both.registry(new DockerRegistry({ root }));
    both.registry(new DockerRegistry({ root: other, prefix: 'api' }));
    expect(Object.keys(both.registry().tasks())).to.include.members([
      'build:app',
      'api:build:app',
      'api:build',
    ]);
  });

  it('says what is wrong with run.cfg before any task is there', () => {
    const files = { 'docker/app/Dockerfile': 'FROM scratch\n', 'docker/run.cfg': 'nonsense\n' };
    expect(() => tasksOf(files)).to.throw(UserError, 'docker/run.cfg:1');
  });
});
