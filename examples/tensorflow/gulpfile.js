import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

// `gulp train` trains on the CPU, `gulp train --gpu` on the GPUs: run reads the flag.
export const train = gulp.series(build('train'), run('train'));
train.description = 'Builds the image and trains in it, with --gpu on the GPUs';
train.flags = { '--gpu': 'run with access to the GPUs' };

export default train;
