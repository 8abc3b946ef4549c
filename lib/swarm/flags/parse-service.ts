import { type Host, hostOf } from '../../flags/container/host.js';
import { requiresApi } from '../../flags/container/requires-api.js';
import { parseFlags } from '../../flags/parse-flags.js';
import { FlagError } from '../../text/flag-error.js';
import { isAtLeast } from '../../text/is-at-least.js';
import { toWord, type Word } from '../../text/word.js';
import { BY_NAME, type Ids } from './references.js';
import { type ServiceFlags, serviceSyntax } from './service-flags.js';
import type { Privileges, ServiceSpec } from './service-spec.js';
import { specOf } from './spec.js';

/** A service: words are plain strings, or carry the place where they stand, which messages then name. */
export interface ServiceWords {
  /** `docker service create` flags, without image and command. */
  flags: readonly (string | Word)[];
  image: string | Word;
  /** In place of the image's command. */
  command?: readonly (string | Word)[];
}

export interface ServiceOptions extends Partial<Omit<Host, 'proxies'>> {
  /** API version that the manager speaks. Default: 1.51, the one of docker CLI 28.5. */
  apiVersion?: string;
  /** What `docker service create` has no flag for, such as what `serviceOfRun` makes of `--security-opt`. Default: none. */
  privileges?: Privileges;
}

/** A `docker service create`, ready to be carried out. */
export interface ServiceRequest {
  /**
   * Body of POST /services/create, in which networks stand by their names, which an engine takes too, and secrets and
   * configs without their IDs, which it does not: see `withIds`.
   */
  spec: ServiceSpec;
  /** The names that the swarm is to be asked about, each once. */
  named: { networks: string[]; secrets: string[]; configs: string[] };
  /**
   * The body with IDs in place of names.
   * @throws {FlagError} `BAD_VALUE` in the words of the CLI, with the word's place, for a name that has no ID
   */
  withIds: (ids: Ids) => ServiceSpec;
  client: ServiceClient;
  /** What was parsed, as `commandLine` shows it. */
  words: readonly string[];
}

/** What the docker CLI does by itself, before and after the request. */
export interface ServiceClient {
  /** Whether it ends with the request instead of waiting for the tasks. */
  detach: boolean;
  /** Wait without progress. */
  quiet: boolean;
  /** Whether it asks the registry for the digest and the platforms of the image, and requests those. */
  resolveImage: boolean;
  /** Whether the credentials for the registry go to the nodes. */
  withRegistryAuth: boolean;
}

/** The API of the engine that came with docker CLI 28.5. */
const CURRENT_API = '1.51';

/**
 * The request that docker CLI 28.5 would make for `docker service create FLAGS IMAGE COMMAND…`.
 * @throws {FlagError} (a UserError, exit status 125) with a `FlagErrorCode` such as `BAD_VALUE`, for what the CLI
 *   refuses, in its words, with the word's place
 */
export function parseService(words: ServiceWords, options: ServiceOptions = {}): ServiceRequest {
  const { flags, operands } = parseFlags(serviceSyntax, words.flags);
  if (operands[0]) {
    const sentence = `"${operands[0].text}" is no flag: flags begin with a dash, and the image is known already`;
    throw new FlagError('UNEXPECTED_WORD', sentence, operands[0]);
  }
  const image = toWord(words.image).text;
  const command = (words.command ?? []).map((word) => toWord(word).text);
  const given = [...words.flags.map((word) => toWord(word).text), image, ...command];
  return { ...toRequest(flags, [image, ...command], options), words: given };
}

/** Parses a whole line: flags, image and command as they follow `docker service create`. */
export function parseServiceLine(
  words: readonly (string | Word)[],
  options: ServiceOptions = {},
): ServiceRequest {
  const { flags, operands } = parseFlags(serviceSyntax, words);
  refuseHelp(flags);
  const [image, ...command] = operands.map(({ text }) => text);
  if (image === undefined)
    throw new FlagError('MISSING_VALUE', "'docker service create' requires at least 1 argument");
  const given = words.map((word) => toWord(word).text);
  return { ...toRequest(flags, [image, ...command], options), words: given };
}

function toRequest(
  flags: ServiceFlags,
  command: readonly [image: string, ...args: string[]],
  options: ServiceOptions,
): Omit<ServiceRequest, 'words'> {
  refuseHelp(flags);
  checkApiVersion(flags, options.apiVersion ?? CURRENT_API);
  const withIds = specOf(flags, command, { host: hostOf(options), privileges: options.privileges });
  const spec = withIds(BY_NAME);
  const { Networks = [], ContainerSpec: container } = spec.TaskTemplate;
  const once = (names: string[]) => [...new Set(names)];
  return {
    spec,
    named: {
      networks: once(Networks.map(({ Target }) => Target)),
      secrets: once((container.Secrets ?? []).map(({ SecretName }) => SecretName)),
      configs: once((container.Configs ?? []).map(({ ConfigName }) => ConfigName)),
    },
    withIds,
    client: {
      detach: flags.last('detach') ?? false,
      quiet: flags.last('quiet') ?? false,
      resolveImage: !flags.last('no-resolve-image'),
      withRegistryAuth: flags.last('with-registry-auth') ?? false,
    },
  };
}

function refuseHelp(flags: ServiceFlags): void {
  if (!flags.last('help')) return;
  const sentence = '--help creates nothing: see `docker service create --help`';
  throw new FlagError('UNSUPPORTED_FLAG', sentence, flags.word('help'));
}

const FLAGS_SINCE = [
  ['health-start-interval', '1.44'],
  ['oom-score-adj', '1.46'],
] as const;

/** Refuses what a manager of this API version does not know and would pass over in silence. */
function checkApiVersion(flags: ServiceFlags, version: string): void {
  for (const [flag, since] of FLAGS_SINCE) {
    if (flags.has(flag) && !isAtLeast(version, since)) {
      throw new FlagError('UNSUPPORTED_FLAG', requiresApi(`--${flag}`, since, version), flags.word(flag));
    }
  }
}
