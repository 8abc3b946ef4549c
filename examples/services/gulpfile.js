import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

export const test = gulp.series(build('tests'), run('tests'));
test.description = 'Builds the image of the tests, and runs them beside a database of their own';

export default test;
