import { expect } from 'chai';
import { DockerRegistry, dockerTasks } from '../../../tasks/index.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { newGulp } from '../new-gulp.js';

type Gulp = ReturnType<typeof newGulp>;
type Listed = Record<string, { description?: string; flags?: Record<string, string> }>;

/** What `gulp --tasks` and its like show of a project, as gulp-cli finds it out. */
function listed(
  images: readonly string[],
  word: string,
  gulpfile?: (gulp: Gulp, root: string) => void,
): Listed {
  const dockerfiles = images.map((name, at) => [
    `docker/${name}/Dockerfile`,
    `FROM ${at === 0 ? 'alpine' : images[0]}\n`,
  ]);
  const root = makeProject(Object.fromEntries(dockerfiles) as Record<string, string>);
  const gulp = newGulp();
  const argv = [word];
  gulp.registry(new DockerRegistry({ root, argv, env: { USER: 'ada' } }) as never);
  const { build } = dockerTasks({ root, argv, env: { USER: 'ada' } });
  gulp.task('mine', build(images[0] ?? ''));
  gulpfile?.(gulp, root);
  const { nodes } = gulp.tree({ deep: true }) as { nodes: { label: string }[] };
  const task = (name: string) => gulp.task(name) as unknown as { unwrap: () => Listed[string] };
  return Object.fromEntries(nodes.map(({ label }) => [label, task(label).unwrap()]));
}

const FIFTY = Array.from({ length: 50 }, (_, at) => `image${at + 1}`);

describe('what gulp lists of a registry', () => {
  after(removeProjects);

  it('--tasks: each task of few images by name, without flags', () => {
    const tasks = listed(['base', 'app'], '--tasks');
    expect(tasks).to.include.all.keys('build', 'build:app', 'build:base', 'run:app', 'help');
    expect(tasks['build:app']?.description).to.equal('Builds app');
    for (const name of ['build:app', 'mine']) expect(tasks[name]?.flags).to.deep.equal({});
    expect(tasks).to.not.have.any.keys('help:run');
  });

  it('--tasks: a line for each kind of many images, less than a screen in all', () => {
    for (const word of ['--tasks', '-T', '-ST']) {
      const tasks = listed(FIFTY, word);
      expect(Object.keys(tasks).length).to.be.lessThan(24);
      expect(tasks).to.include.all.keys('build', 'build:<image>', 'run:<image>', 'mine');
      expect(tasks).to.not.have.any.keys('build:image1');
      for (const { description } of Object.values(tasks)) expect(description).to.match(/^[A-Z]/);
    }
  });

  it('names them all where scripts and shells ask for names', () => {
    for (const word of ['--tasks-simple', '--tasks-json', '--tasks-json=file'])
      expect(listed(FIFTY, word)).to.include.all.keys('build:image1', 'run:image50', 'help:run');
  });

  it('leaves out what can only fail', () => {
    for (const word of ['--tasks', '--tasks-simple']) {
      const tasks = listed(['base', 'app'], word);
      expect(tasks).to.include.all.keys('locked-down:app');
      expect(tasks).to.not.have.any.keys('locked-down:base');
    }
  });

  it('lists what the gulpfile has defined anew, and lets it name what is not listed', () => {
    const own = Object.assign(() => Promise.resolve(), {
      description: 'My own',
      flags: { '--mine': 'my flag' },
    });
    const tasks = listed(FIFTY, '--tasks', (gulp, root) => {
      gulp.registry(new DockerRegistry({ root, prefix: 'api', argv: ['--tasks'], env: {} }) as never);
      gulp.task('run:image1', own);
      gulp.task('all', gulp.series('build:image1', 'api:build:image2'));
    });
    expect(tasks['run:image1']?.flags).to.equal(own.flags);
    expect(tasks).to.include.all.keys('all', 'api:build', 'api:run:<image>');
    expect(Object.keys(tasks).length).to.be.lessThan(48);
  });
});
