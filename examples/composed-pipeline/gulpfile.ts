import gulp from 'gulp';
import { dockerTasks } from 'gulp-dockerutils';
import { minify } from './minify.js';

const { genversion, build, buildImage, run, publish, clean } = dockerTasks();

/** The image of the site, from what the pipeline makes. */
export const web = () =>
  gulp
    .src('site/**', { base: '.', encoding: false })
    .pipe(minify())
    .pipe(buildImage('web'))
    .pipe(gulp.dest('build'));
web.description = 'Builds the image of the minified site';

export const make = gulp.series(
  genversion(),
  build('base'),
  gulp.parallel(gulp.series(build('app'), build('cicd')), web),
);
make.description = 'Builds all images, side by side where it can be';

export const check = run('cicd');
check.description = 'Runs the tests in their container';

export const release = gulp.series(make, check, gulp.parallel(publish('app'), publish('web')));
release.description = 'Builds, tests, and publishes what passed';

/** Each change of the site makes a new image, of which only the changed files travel. */
export const develop = () => gulp.watch('site/**', { ignoreInitial: false }, web);
develop.description = "Keeps the site's image up to date";

export const tidy = clean();
tidy.description = 'Removes all images';

export default make;
