/** On a service: the name of its images on the nodes. */
export const IMAGE_LABEL = 'gulp-dockerutils.image';

/** On a service: the project that it is of. */
export const PROJECT_LABEL = 'gulp-dockerutils.project';

/** On a service: a digest of what it was made from, to be compared. */
export const SPEC_LABEL = 'gulp-dockerutils.spec';
