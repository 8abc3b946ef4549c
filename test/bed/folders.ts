import { createHash } from 'node:crypto';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { claim, CLAIMS } from './claim.js';

const top = resolve(
  process.env.GULP_DOCKERUTILS_BED ??
    join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'gulp-dockerutils', 'bed'),
);

/** Tells two beds on one machine apart, in names of links and control groups and in addresses. */
const hash = createHash('sha256').update(top).digest();

/** Where the test bed keeps its things. `GULP_DOCKERUTILS_BED` in the environment moves all of it. */
export const folders = {
  /** What is slow to make and stays: Debian roots, base images. */
  cache: join(top, 'cache'),
  /** What belongs to running engines, hosts and registries; `down` removes it. */
  run: join(top, 'run'),
  locks: join(top, 'locks'),
};

/** At most 7 characters, so that a network link's name (15 at most) can begin with it. */
export const bedId = `gdu${hash.toString('hex', 0, 2)}`;

/** First two octets of every address of this bed: no other one of this machine has them. */
export const addressPrefix = `10.${128 + claim('/run/gulp-dockerutils-bed', top, hash.readUInt8(2) % CLAIMS)}`;
