import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, deploy, job } = dockerTasks();

// The swarm: --swarm ssh://user@manager, or swarm= in docker/run.cfg.
export const release = gulp.series(build('web'), deploy('web'));
release.description = 'Builds web, and deploys it to the swarm';

export const analyse = gulp.series(build('batch'), job('batch', { completions: '8', retries: '1' }));
analyse.description = 'Builds batch, and runs it on the swarm for each eighth of the readings';

export default release;
