import { expect } from 'chai';
import { dockerTasks } from '../../tasks/index.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { newGulp } from './new-gulp.js';

describe('the name of a task', () => {
  after(removeProjects);

  const tasks = () =>
    dockerTasks({ root: makeProject({ 'docker/app/Dockerfile': 'FROM scratch\n' }), argv: [] });

  it('is its function’s, so that an export gives it another', () => {
    const { build, run, lockedDown } = tasks();
    for (const task of [build(), build('app'), run('app'), lockedDown('app')])
      expect(task).not.to.have.property('displayName');
    expect(lockedDown('app').name).to.equal('locked-down:app');
    expect(build('app').name).to.equal('build:app');
  });

  it('stands in a series', () => {
    const { build, run } = tasks();
    const own = newGulp();
    own.task('test', own.series(build('app'), run('app')));
    expect(JSON.stringify(own.tree({ deep: true })))
      .to.include('"build:app"')
      .and.to.include('"run:app"');
  });
});
