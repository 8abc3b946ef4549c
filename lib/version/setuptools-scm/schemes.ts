import { trimmed } from '../../text/trim.js';
import { UserError } from '../../text/user-error.js';
import { parsePep440, publicPart } from './pep440.js';
import type { LocalScheme, ScmConfiguration, VersionScheme } from './settings.js';
import { matchTag, type ScmTag } from './tag.js';

/** What the schemes make a version of (`ScmVersion` of setuptools-scm). */
export interface ScmState {
  tag: ScmTag;
  distance: number;
  /** `g` and the commit's id, null where there is no commit. */
  node: string | null;
  dirty: boolean;
  branch: string | null;
  /** The time of the build, for the date of a dirty tree. */
  time: Date;
}

/** The version in the configured schemes (`format_version` of setuptools-scm). */
export function renderScheme(state: ScmState, configuration: ScmConfiguration): string {
  const local = LOCAL[configuration.localScheme](state);
  const version = VERSION[configuration.versionScheme];
  if (!configuration.since9) return version(state, configuration) + local;
  const { parsed, text } = state.tag;
  const bare = { ...state, tag: { parsed: { ...parsed, local: undefined }, text: withoutLocal(text) } };
  return withLocal(version(bare, configuration), [parsed.local ?? '', local]);
}

const VERSION: Record<VersionScheme, (state: ScmState, configuration: ScmConfiguration) => string> = {
  'guess-next-dev': (state) => (isExact(state) ? state.tag.text : development(state, nextVersion(state))),
  'no-guess-dev': (state) => {
    if (isExact(state)) return state.tag.text;
    const version = withoutLocal(state.tag.text);
    if (version.includes('.dev')) return development(state, withoutDev(version));
    if (version.includes('post')) throw cannotGuess(version, 'it is a post-release already');
    return development(state, `${version}.post1`);
  },
  'only-version': (state) => state.tag.text,
  'post-release': (state) => state.tag.text + (isExact(state) ? '' : `.post${state.distance}`),
  'python-simplified-semver': (state) => {
    if (isExact(state)) return semver(state, PATCH, 0);
    return development(state, semver(state, state.branch?.includes('feature') ? MINOR : PATCH, 1));
  },
  'release-branch-semver': (state, { tagRegex }) => {
    if (isExact(state)) return state.tag.text;
    const name = state.branch?.split('/').at(-1) ?? '';
    const series = matchTag(name, tagRegex)?.version.replace(/^v/, '').split('.').slice(0, MINOR).join('.');
    const isReleaseBranch = series === state.tag.text.split('.').slice(0, MINOR).join('.');
    return development(state, isReleaseBranch ? nextVersion(state) : semver(state, MINOR, 1));
  },
};

const LOCAL: Record<LocalScheme, (state: ScmState) => string> = {
  'node-and-date': (state) => nodeAndTime(state, 8),
  'node-and-timestamp': (state) => nodeAndTime(state, 14),
  'dirty-tag': (state) => (state.dirty ? '+dirty' : ''),
  'no-local-version': () => '',
};

const MINOR = 2;
const PATCH = 3;

function isExact(state: ScmState): boolean {
  return state.distance === 0 && !state.dirty;
}

function development(state: ScmState, version: string): string {
  return `${version}.dev${state.distance}`;
}

function nextVersion({ tag }: ScmState): string {
  const version = withoutLocal(tag.text);
  if (version.includes('.dev')) return withoutDev(version);
  const prefix = trimmed(version, /\d/, 'end');
  const number = version.slice(prefix.length);
  if (number === '') throw cannotGuess(version, 'it does not end with a number');
  return `${prefix}${BigInt(number) + 1n}`;
}

function withoutDev(version: string): string {
  const at = version.lastIndexOf('.dev');
  if (version.slice(at) !== '.dev0') throw cannotGuess(version, 'only ".dev0" can be counted on');
  return version.slice(0, at);
}

function cannotGuess(version: string, reason: string): UserError {
  return new UserError(
    'BAD_TAG',
    `setuptools-scm cannot guess what follows the tag of version "${version}": ${reason}; tag the next version`,
  );
}

/** The first `retain` numbers of the release, the last of them raised by `step`, filled up to three. */
function semver({ tag }: ScmState, retain: number, step: number): string {
  const { release } = tag.parsed;
  const parts = Array.from({ length: Math.max(retain, PATCH) }, (_, at) => {
    const kept = at < retain ? BigInt(release[at] ?? 0) : 0n;
    return at === retain - 1 ? kept + BigInt(step) : kept;
  });
  return parts.join('.');
}

function nodeAndTime(state: ScmState, digits: number): string {
  const time = `d${state.time.toISOString().replace(/\D/g, '').slice(0, digits)}`;
  if (isExact(state) || state.node === null) return state.dirty ? `+${time}` : '';
  return state.dirty ? `+${state.node}.${time}` : `+${state.node}`;
}

function withoutLocal(version: string): string {
  const parsed = parsePep440(version);
  return version.includes('+') && parsed ? publicPart(parsed) : version;
}

/** Adds local parts to those that the version has, each one once (setuptools-scm 9). */
function withLocal(version: string, parts: readonly string[]): string {
  const [main = '', own = ''] = version.split('+');
  const segments = [own, ...parts].flatMap((part) => part.replace(/^\+/, '').split('.')).filter(Boolean);
  return segments.length === 0 ? main : `${main}+${[...new Set(segments)].join('.')}`;
}
