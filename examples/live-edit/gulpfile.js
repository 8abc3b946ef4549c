import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

export const test = gulp.series(build('dev'), run('dev'));
test.description = 'Builds the dev image where it is not up to date, and runs the tests in it';

export const watch = () => gulp.watch(['src/**/*.py', 'tests/**/*.py'], run('dev'));
watch.description = 'Runs the tests again at every edit';

export default test;
