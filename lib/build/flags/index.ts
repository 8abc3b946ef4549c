import { resolve } from 'node:path';
import { FlagError, ValueError } from '../../flags/flag-error.js';
import { cut, toMap } from '../../flags/key-value.js';
import { parseFlags } from '../../flags/parse-flags.js';
import { readPlatform } from '../../flags/platform.js';
import { proxyVariables, type Proxies } from '../../flags/proxies.js';
import type { Word } from '../../project/types.js';
import { toBuildQuery, type BuildQuery } from './build-query.js';
import { buildSyntax, type GivenBuildFlags } from './build-syntax.js';
import { refuseWhatNeedsBuildx } from './buildx-only.js';
import type { SecretFlag } from './secret.js';

export type { BuildQuery } from './build-query.js';

export interface BuildFlagsOptions {
  /** Gives `--build-arg NAME` its value, and secrets that are variables. Default: process.env. */
  environment?: Readonly<Record<string, string | undefined>>;
  /** Folder that relative paths start from. Default: the working directory. */
  directory?: string;
  /** Proxies of the docker configuration, which become build arguments. Default: none. */
  proxies?: Proxies;
}

/** What `docker build` flags ask for. */
export interface BuildFlags {
  /** Parameters of POST /build, without `t`, `dockerfile`, `remote`, `session` and `version`. */
  query: BuildQuery;
  tags: readonly string[];
  /** Absolute path of the Dockerfile, where `-f` names one. */
  file?: string;
  target?: string;
  noCache: boolean;
  pull: boolean;
  quiet: boolean;
  /** Null takes an argument of that name away. */
  buildArgs: Readonly<Record<string, string | null>>;
  labels: Readonly<Record<string, string>>;
  /** Where secrets come from, by their ids; files by their absolute paths. */
  secrets: ReadonlyMap<string, { file: string } | { env: string }>;
  /** Agent sockets or private keys (absolute paths) by their ids; no paths stand for SSH_AUTH_SOCK. */
  ssh: ReadonlyMap<string, readonly string[]>;
  /** Whether the image is to hold its own cache. */
  inlineCache: boolean;
  progress?: 'auto' | 'plain' | 'quiet' | 'rawjson' | 'tty';
}

/**
 * Reads `docker build` flags, without the context. What only the buildx plugin can do is refused, with a sentence
 * that says so.
 * @throws FlagError (a UserError) that names the place of the word at fault
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
  const inlineCache = flags.has('cache-to');
  const buildArgs = {
    ...readBuildArgs(flags, environment, options.proxies ?? {}),
    ...(inlineCache && { BUILDKIT_INLINE_CACHE: '1' }),
  };
  const file = flags.last('file');
  const secrets = flags
    .values('secret')
    .map((secret) => [secret.id, sourceOf(secret, environment, fromHere)] as const);
  return {
    query: toBuildQuery(flags, buildArgs, readOnePlatform(flags, environment)),
    tags: flags.values('tag'),
    ...(file && { file: fromHere(file) }),
    ...(flags.last('target') && { target: flags.last('target') }),
    noCache: flags.last('no-cache') ?? false,
    pull: flags.last('pull') ?? false,
    quiet: flags.last('quiet') ?? false,
    buildArgs,
    labels: toMap(flags.values('label')),
    secrets: new Map(secrets),
    ssh: new Map(flags.values('ssh').map(({ id, paths }) => [id, paths.map(fromHere)])),
    inlineCache,
    ...readProgress(flags),
  };
}

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
  return Object.fromEntries([...given, ...proxyVariables(proxies, (name) => given.has(name))]);
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

function readOnePlatform(
  flags: GivenBuildFlags,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const platform = flags.last('platform') ?? environment.DOCKER_DEFAULT_PLATFORM;
  if (!platform) return undefined;
  const fail = (why: string) => new FlagError('BAD_VALUE', why, flags.word('platform'));
  if (platform.includes(',')) {
    throw fail(`--platform ${platform}: an engine builds for one platform at a time, run a build for each`);
  }
  try {
    readPlatform(platform);
  } catch (error) {
    if (error instanceof ValueError) throw fail(error.message);
    throw error;
  }
  return platform;
}

function readProgress(flags: GivenBuildFlags): Pick<BuildFlags, 'progress'> {
  const progress = flags.last('progress');
  if (!progress) return {};
  const known = ['auto', 'plain', 'quiet', 'rawjson', 'tty'] as const;
  const found = known.find((mode) => mode === progress);
  if (found) return { progress: found };
  const sentence = `invalid progress mode ${progress}: must be one of ${known.join(', ')}`;
  throw new FlagError('BAD_VALUE', sentence, flags.word('progress'));
}
