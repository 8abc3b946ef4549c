import { buildParsers } from './build.js';
import { engine } from './engine.js';
import { images } from './images.js';
import { logins } from './logins.js';
import type { Parser } from './parser.js';
import { project } from './project.js';
import { version } from './version.js';
import { words } from './words.js';

/** All that reads text or bytes from outside, by area: what is added to lib/ and does so, is added here. */
export const areas: Readonly<Record<string, readonly Parser[]>> = {
  project,
  words,
  build: buildParsers,
  engine,
  logins,
  images,
  version,
};
