import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, deploy } = dockerTasks();

// The swarm: --swarm ssh://user@manager, or swarm= in docker/run.cfg.
export const release = gulp.series(build('web'), deploy('web'));
release.description = 'Builds web, and deploys it to the swarm';

export default release;
