/** Spellings of the section that is of the whole project. */
export const RUN_IMAGE_SECTIONS = ['run_image', 'run-image'];

/** Its keys: the names of images that are only run, and the file with defaults of `$NAME`. */
export const SYNTHETIC_IMAGES = 'synthetic_images';
export const ENV_FILE = 'env_file';
