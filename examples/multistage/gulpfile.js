import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

export const demo = gulp.series(build('app'), run('app'));
demo.description = 'Builds the builder stage and app, and runs app';

export default demo;
