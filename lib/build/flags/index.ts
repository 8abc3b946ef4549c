import { resolve } from 'node:path';
import { cut, toMap } from '../../flags/key-value.js';
import { parseFlags } from '../../flags/parse-flags.js';
import { type Proxies, proxyVariables } from '../../flags/proxies.js';
import { mergeUlimits } from '../../flags/ulimit.js';
import { readPlatform } from '../../oci/platform.js';
import { FlagError, ValueError } from '../../text/flag-error.js';
import type { Word } from '../../text/word.js';
import { attestationsOf } from './attest.js';
import { classicParameters } from './build-query.js';
import { buildSyntax, type GivenBuildFlags } from './build-syntax.js';
import { refuseWhatNeedsBuildx } from './buildx-only.js';
import type { Cache } from './cache.js';
import { isFetchedByEngine } from './named-context.js';
import type { SecretFlag } from './secret.js';
import type { BuildFlags } from './types.js';

export { toBuildQuery } from './build-query.js';
export type { BuildFlags, BuildQuery } from './types.js';
export type { Cache } from './cache.js';
export type { Export } from './export.js';

export interface BuildFlagsOptions {
  /** Gives `--build-arg NAME` its value, and secrets that are variables. Default: process.env. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. Default: the working directory. */
  directory?: string;
  /** Proxies of the docker configuration, which become build arguments. Default: none. */
  proxies?: Proxies;
}

/**
 * Reads `docker build` flags, without the context. What only the buildx plugin can do is refused, with a sentence
 * that says so.
 * @throws {FlagError} `BAD_VALUE`, `MISSING_VALUE`, `UNEXPECTED_WORD`, `UNKNOWN_FLAG`, `UNSUPPORTED_FLAG` (a UserError)
 *   that names the place of the word at fault
 */
export function parseBuildFlags(
  words: readonly (string | Word)[],
  options: BuildFlagsOptions = {},
): BuildFlags {
  const { flags, operands } = parseFlags(buildSyntax, words);
  if (operands[0]) {
    const sentence = `"${operands[0].text}" is no flag: flags begin with a dash, and the build context is the project`;
    throw new FlagError('UNEXPECTED_WORD', sentence, operands[0]);
  }
  const environment = options.environment ?? process.env;
  const fromHere = (path: string) => resolve(options.directory ?? '.', path);
  refuseWhatNeedsBuildx(flags);
  const placed = (cache: Cache): Cache => {
    const folder = cache.type === 'local' && (cache.attributes.src ?? cache.attributes.dest);
    return folder ? { ...cache, folder: fromHere(folder) } : cache;
  };
  const buildArgs = readBuildArgs(flags, environment, options.proxies ?? {});
  const placeIn = (flag: 'file' | 'iidfile' | 'metadata-file') => {
    const path = flags.last(flag);
    return path ? fromHere(path) : undefined;
  };
  const network = flags.last('network');
  const exported = flags.last('output');
  const secrets = flags
    .values('secret')
    .map((secret) => [secret.id, sourceOf(secret, environment, fromHere)] as const);
  const contexts = flags
    .values('build-context')
    .map(({ name, source }) => [name, isFetchedByEngine(source) ? source : fromHere(source)] as const);
  return {
    ...whereGiven({
      file: placeIn('file'),
      fileOrigin: flags.word('file')?.origin,
      target: flags.last('target'),
      export: exported && { ...exported, path: fromHere(exported.path) },
      iidFile: placeIn('iidfile'),
      metadataFile: placeIn('metadata-file'),
      network: network === 'default' ? undefined : network,
      shmSize: flags.last('shm-size'),
      cgroupParent: flags.last('cgroup-parent'),
      progress: readProgress(flags),
    }),
    tags: flags.values('tag'),
    platforms: readPlatforms(flags, environment),
    noCache: flags.last('no-cache') ?? false,
    noCacheFilter: readNoCacheFilter(flags),
    entitlements: readEntitlements(flags),
    attestations: attestationsOf([...flags.values('attest'), flags.last('provenance'), flags.last('sbom')]),
    pull: flags.last('pull') ?? false,
    quiet: flags.last('quiet') ?? false,
    buildArgs,
    labels: toMap(flags.values('label')),
    annotations: Object.fromEntries(flags.values('annotation').flat()),
    contexts: Object.fromEntries(contexts),
    secrets: new Map(secrets),
    ssh: new Map(flags.values('ssh').map(({ id, paths }) => [id, paths.map(fromHere)])),
    cacheFrom: flags.values('cache-from').flat().map(placed),
    cacheTo: cachesKept(flags, buildArgs).map(placed),
    extraHosts: flags.values('add-host'),
    ulimits: mergeUlimits(flags.values('ulimit')),
    classic: classicParameters(flags),
  };
}

/** Without what is empty: the value says no more than a flag that is not there. */
function whereGiven<T extends object>(values: T): Partial<T> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value)) as Partial<T>;
}

/** Before there was a flag, a build argument asked for a cache within the image. */
function cachesKept(flags: GivenBuildFlags, buildArgs: Readonly<Record<string, string | null>>): Cache[] {
  const caches = flags.values('cache-to');
  const isAsked = /^(1|t|true)$/i.test(buildArgs.BUILDKIT_INLINE_CACHE ?? '');
  return isAsked && !caches.some(({ type }) => type === 'inline')
    ? [...caches, { type: 'inline', attributes: {} }]
    : caches;
}

/** The moment that a reproducible image is of; buildx passes it on, too. */
const EPOCH = 'SOURCE_DATE_EPOCH';

function readBuildArgs(
  flags: GivenBuildFlags,
  environment: Readonly<Record<string, string | undefined>>,
  proxies: Proxies,
): Record<string, string | null> {
  const given = new Map(
    flags.values('build-arg').map((argument): [string, string | null] => {
      const [name, value = environment[name]] = cut(argument, '=');
      return [name, value ?? null];
    }),
  );
  const own = [...given, ...proxyVariables(proxies, (name) => given.has(name))];
  const epoch = environment[EPOCH];
  return Object.fromEntries(!epoch || given.has(EPOCH) ? own : [...own, [EPOCH, epoch]]);
}

/** A secret that says no place is the variable of its name, where there is one, and else the file of its name. */
function sourceOf(
  { id, file, env }: SecretFlag,
  environment: Readonly<Record<string, string | undefined>>,
  fromHere: (path: string) => string,
): { file: string } | { env: string } {
  if (env !== undefined) return { env };
  if (file === undefined && environment[id] !== undefined) return { env: id };
  return { file: fromHere(file ?? id) };
}

/** Each `--platform` may name several, and all of them count; the classic builder looks at the last one alone. */
function readPlatforms(
  flags: GivenBuildFlags,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const given = flags.values('platform');
  const texts = given.length > 0 ? given : [environment.DOCKER_DEFAULT_PLATFORM];
  const platforms = texts.flatMap((text) => (text ? text.toLowerCase().split(',') : []));
  for (const platform of platforms) {
    try {
      readPlatform(platform);
    } catch (error) {
      if (error instanceof ValueError)
        throw new FlagError('BAD_VALUE', error.message, flags.word('platform'));
      throw error;
    }
  }
  return [...new Set(platforms)];
}

/** @throws {UserError} `BAD_VALUE` together with `--no-cache`, as buildx has it */
function readNoCacheFilter(flags: GivenBuildFlags): string[] {
  const stages = flags.values('no-cache-filter');
  if (stages.length === 0 || !flags.last('no-cache')) return stages;
  const sentence = '--no-cache and --no-cache-filter cannot currently be used together';
  throw new FlagError('BAD_VALUE', sentence, flags.word('no-cache-filter'));
}

/** The engine's own network needs no word of its own where the whole build has it. */
function readEntitlements(flags: GivenBuildFlags): string[] {
  const allowed = flags.values('allow').filter((one) => one !== undefined);
  return flags.last('network') === 'host' ? [...allowed, 'network.host'] : allowed;
}

function readProgress(flags: GivenBuildFlags): BuildFlags['progress'] {
  const progress = flags.last('progress');
  if (!progress) return undefined;
  const known = ['auto', 'none', 'plain', 'quiet', 'rawjson', 'tty'] as const;
  const found = known.find((mode) => mode === progress);
  if (found && flags.last('quiet') && !['auto', 'none', 'quiet'].includes(found)) {
    const sentence = `progress=${found} and quiet cannot be used together`;
    throw new FlagError('BAD_VALUE', sentence, flags.word('progress'));
  }
  if (found) return found;
  const sentence = `invalid progress mode ${progress}: must be one of ${known.join(', ')}`;
  throw new FlagError('BAD_VALUE', sentence, flags.word('progress'));
}
