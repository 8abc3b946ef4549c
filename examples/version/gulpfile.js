import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

// A build writes _version.py.bld by itself; `gulp genversion` writes it for whatever else needs it.
export const demo = gulp.series(build('app'), run('app'));
demo.description = 'Builds app, which then tells its version';

export default demo;
