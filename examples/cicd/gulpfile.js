import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run, publish } = dockerTasks();

export const check = gulp.series(build('cicd', { base: true }), run('cicd'));
check.description = 'Linter, tests and coverage in a container; the results are in reports/';

// What follows a task is done only when that has ended well: a failing check publishes nothing.
export const release = gulp.series(build(), run('cicd'), publish('app'));
release.description = 'Builds all images, checks the sources that they were built from, and publishes app';

export default check;
