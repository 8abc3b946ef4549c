import { UserError } from '../text/user-error.js';

/** `engines` of package.json. */
export const OLDEST_NODE = '20.19.0';

/** @throws {UserError} `NODE_TOO_OLD` */
export function requireNode(version = process.versions.node): void {
  if (version.localeCompare(OLDEST_NODE, 'en', { numeric: true }) >= 0) return;
  throw new UserError(
    'NODE_TOO_OLD',
    `gulp-dockerutils needs Node.js ${OLDEST_NODE} or newer, and this is ${version}: install a newer one.`,
  );
}
