import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

export const demo = gulp.series(build(), run('site'), run('worker'));
demo.description = 'Builds both images, and lists what has got into each';

export default demo;
