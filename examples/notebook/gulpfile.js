import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());

const { build, run } = dockerTasks();

export const lab = gulp.series(build('notebook', { base: true }), run('notebook'));
lab.description = 'Builds the notebook image and starts JupyterLab at http://localhost:8888';

export const forecast = gulp.series(build('execution', { base: true }), run('execution'));
forecast.description = 'Builds the execution image and runs the model on data/';

export default forecast;
