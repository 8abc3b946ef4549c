import { splitWords, WordError } from '../lib/text/shell-words.js';
import { UserError } from '../lib/text/user-error.js';
import type { Word } from '../lib/text/word.js';
import type { BuildOptions } from './build-options.js';
import type { Chosen } from './flags.js';

type Options = Partial<Chosen<BuildOptions>>;

/**
 * The `docker build` flags that a build's options stand for: they come behind those of the section, and win.
 *
 * @param isAsked whether this image is asked for, and not one that it is built from, which only what is said of all
 * builds concerns
 * @throws {UserError} `BAD_OPTION` where `buildArgs` are no shell words
 */
export function buildWords(options: Options, isAsked: boolean): Word[] {
  const {
    buildArg = [],
    target,
    platform = [],
    secret = [],
    ssh = [],
    label = [],
    progress,
    output,
  } = options;
  const flags = (flag: string, values: readonly string[]): Word[] =>
    values.flatMap((text) => [
      { text: flag, origin: { file: flag } },
      { text, origin: { file: flag } },
    ]);
  const all = [...flags('--platform', platform), ...flags('--progress', listOf(progress))];
  if (!isAsked) return all;
  return [
    ...flags('--build-arg', buildArg),
    ...flags('--target', listOf(target)),
    ...all,
    ...flags('--secret', secret),
    ...flags('--ssh', ssh),
    ...flags('--label', label),
    ...flags('--output', listOf(output)),
    ...shellWords(options.buildArgs ?? ''),
  ];
}

function listOf(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

function shellWords(text: string): Word[] {
  const origin = { file: '--build-args' };
  try {
    return splitWords([{ text, line: 1 }]).map((word) => ({ text: word.text, origin }));
  } catch (error) {
    if (!(error instanceof WordError)) throw error;
    throw new UserError('BAD_OPTION', `--build-args: ${error.message}: ${text}`);
  }
}
