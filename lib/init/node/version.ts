import { UserError } from '../../text/user-error.js';
import { pinnedIn } from '../pinned-version.js';
import { allowsMajor } from './range.js';

/** Majors that there are images of and that were meant to last, the newest first. */
const KNOWN = [24, 22, 20, 18, 16, 14, 12];

/**
 * What stands for the version in a tag of the image `node`: what a file pins (`20`, `20.11.1`, `lts`, `iron`), else the
 * newest that `engines` of package.json allows, else that of the Node that runs here.
 *
 * @throws {UserError} `NO_NODE` where none that is known is allowed
 */
export async function nodeVersion(root: string, engines: string | undefined): Promise<string> {
  const pins = await Promise.all([
    pinnedIn(root, '.nvmrc', NVM),
    pinnedIn(root, '.node-version', NVM),
    pinnedIn(root, '.tool-versions', /^nodejs[ \t]+(\d[\d.]*)/m),
  ]);
  const pinned = pins.find((version) => version !== undefined);
  if (pinned !== undefined) return TAGS[pinned] ?? pinned.replace(/^lts\//, '');
  const here = Number.parseInt(process.versions.node, 10);
  if (engines === undefined) return String(here);
  const found = [...KNOWN, here].find((major) => allowsMajor(engines, major));
  // `20.11.1` allows no last release, and is a tag as well.
  const tag = found ?? /^[=v~]*(\d+\.\d+(?:\.\d+)?)$/.exec(engines.trim())?.[1];
  if (tag !== undefined) return String(tag);
  throw new UserError(
    'NO_NODE',
    `engines.node of package.json asks for ${JSON.stringify(engines)}, and init knows Node ${KNOWN.at(-1)} to ${KNOWN[0]}: write the version that the images shall have into .nvmrc.`,
  );
}

/** What nvm takes: a version, or a name of its own. */
const NVM = /^[ \t]*v?(\d[\d.]*|lts\/[\w*-]+|node|stable)[ \t]*(?:#|$)/m;

const TAGS: Readonly<Record<string, string>> = { 'lts/*': 'lts', node: 'current', stable: 'current' };
