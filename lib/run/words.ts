import type { Image } from '../project/types.js';
import { splitWords, WordError } from '../text/shell-words.js';
import { UserError } from '../text/user-error.js';
import type { Word } from '../text/word.js';

/** What one run may change of an image's section. */
export interface RunOptions {
  /** Command, a shell's words, instead of the section's `cmd`. */
  command?: string;
  /** Network, instead of the section's `network`. */
  network?: string;
  /** Access to the GPUs, for an image whose section has no `gpu`. */
  gpu?: boolean;
  /** `host:container`, behind the section's `volumes`. Default: none. */
  volume?: readonly string[];
  /** `host:container`, behind the section's `ports`. Default: none. */
  publish?: readonly string[];
  /** Further variables: `NAME=value`, or `NAME` alone for the value it has here. Default: none. */
  env?: readonly string[];
  /** Further `docker run` flags, a shell's words, instead of the section's `args`. */
  args?: string;
  /** No `--rm`, and in the background. */
  keep?: boolean;
  /** `-it`, `-i`, `-t`, `-d` or nothing, instead of the section's `interactive`. */
  interactive?: string;
}

/** What a run gets besides what its section and its options say: where services run beside it, or it is one itself. */
export interface Company {
  /** Come first, so that the section's own win. */
  environment?: readonly Word[];
  /** Come behind the section's own. */
  networks?: readonly Word[];
  /** Whether it gets no credentials unasked. */
  withoutCredentials?: boolean;
}

/** What the words of a run depend on, besides the section and the options. */
export interface RunContext {
  /** The container's name. */
  name: string;
  company?: Company;
  /** Whether something is copied out of it at its end, so that it is to be there until then. */
  isCopied?: boolean;
  env: NodeJS.ProcessEnv;
  stdinIsTTY: boolean;
  stdoutIsTTY: boolean;
  /** Runtimes of the engine; absent where it has not been asked, as in a dry run. */
  runtimes?: readonly string[];
}

/** Credentials that a container gets from here without being asked to, by name: no command line shows a value. */
const PASSED_ON = [
  'AWS_ACCESS_KEY_ID',
  'AWS_SECRET_ACCESS_KEY',
  'AWS_SESSION_TOKEN',
  'AWS_SECURITY_TOKEN',
  'AWS_DEFAULT_REGION',
  'AWS_REGION',
];

const NVIDIA_RUNTIME = ['--runtime=nvidia'];
const ENGINE_GPUS = ['--gpus', 'all'];
const GPU_ENVIRONMENT = ['-e', 'NVIDIA_VISIBLE_DEVICES=all', '-e', 'CPU_GPU_ENV=/gpu-env'];

/**
 * The flags and the command of `docker run`. Of flags that say the same the last counts, so what the
 * section says comes before what this run says, and `args` is the last of all.
 *
 * @throws {UserError} `BAD_OPTION` where an option is no list of shell words
 */
export function runWords(
  image: Image,
  options: RunOptions,
  context: RunContext,
): { flags: Word[]; command: readonly Word[] } {
  const { name, env, isCopied, company = {} } = context;
  const passedOn = company.withoutCredentials ? [] : PASSED_ON.filter((variable) => env[variable]);
  const flags = [
    ...words(options.keep || isCopied ? [] : ['--rm']),
    ...words(['--name', name, '--init']),
    ...interactiveWords(image, options, context),
    ...words(passedOn.flatMap((variable) => ['-e', variable])),
    ...(company.environment ?? []),
    ...image.environment,
    ...image.env.flatMap((pair) => [{ text: '-e', origin: pair.origin }, pair]),
    ...image.volumes,
    ...flagWords('--volume', options.volume),
    ...image.ports,
    ...flagWords('--publish', options.publish),
    ...networkWords(image, options),
    ...(company.networks ?? []),
    ...gpuWords(image, options, context),
    ...flagWords('--env', options.env),
    ...stopWords(image),
    ...(options.args === undefined ? image.args : shellWords('args', options.args)),
  ];
  const command = options.command === undefined ? image.cmd : shellWords('command', options.command);
  return { flags, command };
}

/** Whether neither the options nor run.cfg say how the container is connected to the terminal. */
export function isInteractiveByDefault(image: Image, options: RunOptions): boolean {
  return !options.keep && options.interactive === undefined && image.interactive === undefined;
}

function interactiveWords(
  image: Image,
  options: RunOptions,
  { stdinIsTTY, stdoutIsTTY }: RunContext,
): readonly Word[] {
  if (options.keep) return words(['-d']);
  if (options.interactive !== undefined) return shellWords('interactive', options.interactive);
  if (image.interactive !== undefined) return image.interactive;
  // A terminal inside would change the bytes that go into a pipe: line feeds become CR LF.
  return words([stdinIsTTY && stdoutIsTTY ? '-it' : '-i']);
}

function networkWords(image: Image, options: RunOptions): Word[] {
  if (options.network !== undefined) {
    const origin = { file: '--network' };
    return [
      { text: '--network', origin },
      { text: options.network, origin },
    ];
  }
  return image.network ? [{ text: '--network', origin: image.network.origin }, image.network] : [];
}

/** The engine ends it by that, too: at a `docker stop`, or when its machine is switched off. */
function stopWords({ service: { stopTimeout } }: Image): Word[] {
  return stopTimeout === undefined ? [] : words(['--stop-timeout', String(stopTimeout)]);
}

function gpuWords(image: Image, options: RunOptions, { runtimes }: RunContext): readonly Word[] {
  if (image.gpu.length > 0) return image.gpu;
  if (!options.gpu) return [];
  const access = !runtimes || runtimes.includes('nvidia') ? NVIDIA_RUNTIME : ENGINE_GPUS;
  return words([...access, ...GPU_ENVIRONMENT]);
}

const LETTERS = { '--env': '-e', '--volume': '-v', '--publish': '-p' } as const;

function flagWords(flag: keyof typeof LETTERS, values: readonly string[] = []): Word[] {
  const origin = { file: flag };
  return values.flatMap((text) => [
    { text: LETTERS[flag], origin },
    { text, origin },
  ]);
}

function shellWords(option: string, text: string): Word[] {
  try {
    const origin = { file: `--${option}` };
    return splitWords([{ text, line: 1 }]).map((word) => ({ text: word.text, origin }));
  } catch (error) {
    if (!(error instanceof WordError)) throw error;
    throw new UserError('BAD_OPTION', `--${option}: ${error.message}: ${text}`);
  }
}

function words(texts: readonly string[]): Word[] {
  return texts.map((text) => ({ text }));
}
