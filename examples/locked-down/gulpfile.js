import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { lockedDown } = dockerTasks();

// Base is built here and sent to the server, app is built there. The server: --host, or host= in docker/run.cfg.
export const deploy = lockedDown('app');
deploy.description = 'Builds app on the server, from a base built here';

export default deploy;
