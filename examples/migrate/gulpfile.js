import gulp from 'gulp';
import { DockerRegistry } from 'gulp-dockerutils';

gulp.registry(new DockerRegistry());
