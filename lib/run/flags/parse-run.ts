import { checked } from '../../flags/container/checked-words.js';
import { type Host, hostOf } from '../../flags/container/host.js';
import { parseFlags } from '../../flags/parse-flags.js';
import { formatPlatform, readPlatform } from '../../oci/platform.js';
import { checkImage } from '../../oci/reference.js';
import { FlagError } from '../../text/flag-error.js';
import { toWord, type Word } from '../../text/word.js';
import { checkApiVersion, CURRENT_API } from './api-version.js';
import { readContainerConfig } from './container-config.js';
import type { CreateContainerBody } from './create-container-body.js';
import { readEndpoints } from './endpoints.js';
import { readHostConfig } from './host-config.js';
import { type RunFlags, runSyntax } from './run-flags.js';

/** What to run: words are plain strings, or carry the place where they stand, which messages then name. */
export interface RunWords {
  /** `docker run` flags, without image and command. */
  flags: readonly (string | Word)[];
  image: string | Word;
  command?: readonly (string | Word)[];
}

export interface RunOptions extends Partial<Host> {
  /** Height and width of the terminal, which the engine gives a tty from the start. Default: unknown. */
  consoleSize?: [rows: number, columns: number];
  /** API version that the engine speaks. Default: 1.50, the one of docker CLI 28.2. */
  apiVersion?: string;
  /** Address of the engine, such as `unix:///var/run/docker.sock`, which `--use-api-socket` needs. Default: unknown. */
  endpoint?: string;
}

/** A `docker run`, ready to be carried out. */
export interface RunRequest {
  /** Body of POST /containers/create. */
  body: CreateContainerBody;
  /** Query of POST /containers/create. */
  query: { name?: string; platform?: string };
  client: RunClient;
  /** What was parsed, as `commandLine` shows it. */
  words: readonly string[];
}

/** What the docker CLI does by itself, before, beside and after the engine. */
export interface RunClient {
  /** Streams to attach to before the start; none of them where the container is left alone. */
  attach: { stdin: boolean; stdout: boolean; stderr: boolean };
  interactive: boolean;
  tty: boolean;
  detach: boolean;
  /** Undefined leaves the docker configuration's `detachKeys`, or ctrl-p,ctrl-q. */
  detachKeys?: string;
  /** Whether signals go on to the container. */
  sigProxy: boolean;
  /** File that must not exist and that gets the container's ID. */
  cidfile?: string;
  pull: 'always' | 'missing' | 'never';
  /** Whether the container goes when it ends; the engine does it. */
  rm: boolean;
  /** Pull without progress. */
  quiet: boolean;
  /** False where signatures of the image are to be checked. */
  disableContentTrust: boolean;
  /** Whether the engine's socket and the credentials for registries go into the container. */
  useApiSocket: boolean;
}

/**
 * The request that docker CLI 28.2 would make for `docker run FLAGS IMAGE COMMAND…`.
 * @throws {FlagError} (a UserError, exit status 125) with a `FlagErrorCode` such as `BAD_VALUE`, for what the CLI
 *   refuses, in
 *   its words, with the word's place
 */
export function parseRun(words: RunWords, options: RunOptions = {}): RunRequest {
  const { flags, operands } = parseFlags(runSyntax, words.flags);
  if (operands[0]) {
    const sentence = `"${operands[0].text}" is no flag: flags begin with a dash, and the image is known already`;
    throw new FlagError('UNEXPECTED_WORD', sentence, operands[0]);
  }
  const image = toWord(words.image);
  const command = (words.command ?? []).map((word) => toWord(word).text);
  return {
    ...toRequest(flags, image, command, options),
    words: [...words.flags.map((word) => toWord(word).text), image.text, ...command],
  };
}

/** Parses a whole line: flags, image and command as they follow `docker run`. */
export function parseRunLine(words: readonly (string | Word)[], options: RunOptions = {}): RunRequest {
  const { flags, operands } = parseFlags(runSyntax, words);
  const [image, ...command] = operands;
  if (!image) throw new FlagError('MISSING_VALUE', "'docker run' requires at least 1 argument");
  const request = toRequest(
    flags,
    image,
    command.map(({ text }) => text),
    options,
  );
  return { ...request, words: words.map((word) => toWord(word).text) };
}

function toRequest(
  flags: RunFlags,
  image: Word,
  command: readonly string[],
  options: RunOptions,
): Omit<RunRequest, 'words'> {
  const host = hostOf(options);
  const apiVersion = options.apiVersion ?? CURRENT_API;
  refuseWhatIsNotForHere(flags);
  const pull = readPullPolicy(flags);
  const config = readContainerConfig(flags, image.text, command, { host, endpoint: options.endpoint });
  const engine = { apiVersion, endpoint: options.endpoint, consoleSize: options.consoleSize ?? [0, 0] };
  const hostConfig = readHostConfig(flags, host, engine);
  const endpoints = readEndpoints(flags);
  checked(image, () => checkImage(image.text));
  checkApiVersion(flags, apiVersion);
  return {
    body: { ...config, HostConfig: hostConfig, NetworkingConfig: { EndpointsConfig: endpoints } },
    query: readQuery(flags, host),
    client: {
      attach: { stdin: config.AttachStdin, stdout: config.AttachStdout, stderr: config.AttachStderr },
      interactive: config.OpenStdin,
      tty: config.Tty,
      detach: flags.last('detach') ?? false,
      detachKeys: flags.last('detach-keys') || undefined,
      sigProxy: flags.last('sig-proxy') ?? true,
      cidfile: flags.last('cidfile') || undefined,
      pull,
      rm: flags.last('rm') ?? false,
      quiet: flags.last('quiet') ?? false,
      disableContentTrust: flags.last('disable-content-trust') ?? true,
      useApiSocket: flags.last('use-api-socket') ?? false,
    },
  };
}

const WINDOWS_ONLY = ['cpu-count', 'cpu-percent', 'io-maxbandwidth', 'io-maxiops'] as const;

function refuseWhatIsNotForHere(flags: RunFlags): void {
  if (flags.last('help')) {
    throw new FlagError(
      'UNSUPPORTED_FLAG',
      '--help runs nothing: see `docker run --help`',
      flags.word('help'),
    );
  }
  for (const flag of WINDOWS_ONLY) {
    if (!flags.has(flag)) continue;
    const sentence = `"--${flag}" is only supported on a Docker daemon running on windows, but the Docker daemon is running on linux`;
    throw new FlagError('UNSUPPORTED_FLAG', sentence, flags.word(flag));
  }
}

function readPullPolicy(flags: RunFlags): RunClient['pull'] {
  const policy = flags.last('pull') ?? 'missing';
  // docker takes an empty policy, and then neither pulls before nor after it has missed the image.
  if (policy === '') return 'never';
  if (policy === 'always' || policy === 'missing' || policy === 'never') return policy;
  const sentence = `invalid pull option: '${policy}': must be one of "always", "missing" or "never"`;
  throw new FlagError('BAD_VALUE', sentence, flags.word('pull'));
}

function readQuery(flags: RunFlags, host: Host): RunRequest['query'] {
  const name = flags.last('name');
  const platform = flags.last('platform') ?? host.environment.DOCKER_DEFAULT_PLATFORM;
  return {
    ...(name && { name }),
    ...(platform && {
      platform: formatPlatform(checked(flags.word('platform'), () => readPlatform(platform))),
    }),
  };
}
