import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

export const demo = gulp.series(build('base'), gulp.parallel(build('app'), build('dev')), run('app'));
demo.description = 'Builds base, then app and dev side by side, and runs app';

export default demo;
