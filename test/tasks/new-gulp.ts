import gulp from 'gulp';

/** A gulp of one's own, whose tasks nobody else sees. */
export function newGulp(): typeof gulp {
  return Reflect.construct(gulp.constructor, []) as typeof gulp;
}
