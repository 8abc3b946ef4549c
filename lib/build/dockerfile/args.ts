import type { Platform } from '../../oci/platform.js';
import { formatPlatform } from '../../oci/platform.js';
import { DockerfileError } from './dockerfile-error.js';
import { type Instruction, plainWords, quotedWords } from './instruction.js';
import type { Dockerfile } from './parse.js';
import { expandWord } from './shell-word.js';

export type BuildArgs = Readonly<Record<string, string>>;

/** The variables of a Dockerfile's FROM lines: the platforms, and the ARGs in front of the first one. */
export function fromVariables(
  dockerfile: Dockerfile,
  buildArgs: BuildArgs,
  platform: Platform,
): Map<string, string> {
  const variables = platformVariables(platform, buildArgs);
  for (const { name, value, line } of argsOf(inFront(dockerfile), dockerfile.escape)) {
    if (Object.hasOwn(buildArgs, name)) variables.set(name, buildArgs[name] ?? '');
    else if (value !== undefined) variables.set(name, expandedArg(value, variables, dockerfile.escape, line));
  }
  return variables;
}

/** An argument that a Dockerfile declares. */
export interface DeclaredArg {
  name: string;
  /**
   * What it is where nobody gives it a value, of all its declarations and of `${NAME:-…}` in FROM lines; undefined for one
   * that cannot be known here.
   */
  defaults: readonly (string | undefined)[];
}

/** All arguments that a Dockerfile declares, in front of FROM or in a stage, each once. */
export function declaredArgs(
  dockerfile: Dockerfile,
  buildArgs: BuildArgs,
  platform: Platform,
): DeclaredArg[] {
  const { escape, instructions } = dockerfile;
  const declared = new Map<string, (string | undefined)[]>();
  const variables = platformVariables(platform, buildArgs);
  for (const { name, value } of argsOf(instructions, escape)) {
    const defaults = declared.get(name) ?? [];
    declared.set(name, defaults);
    if (value === undefined) continue;
    const known = attempt(() => expandWord(value, variables, { escape }));
    defaults.push(known);
    const held = Object.hasOwn(buildArgs, name) ? buildArgs[name] : known;
    if (held !== undefined) variables.set(name, held);
  }
  const onDefault = (name: string, word: string) => void declared.get(name)?.push(word);
  for (const from of instructions.filter(({ keyword }) => keyword === 'FROM')) {
    attempt(() => expandWord(plainWords(from)[0] ?? '', variables, { escape, onDefault }));
  }
  return [...declared].map(([name, defaults]) => ({ name, defaults: defaults.filter((one) => one !== '') }));
}

interface Arg {
  name: string;
  value?: string;
  line: number;
}

function argsOf(instructions: readonly Instruction[], escape: string): Arg[] {
  return instructions
    .filter(({ keyword }) => keyword === 'ARG')
    .flatMap((arg) =>
      quotedWords(arg, escape).map((word) => {
        const at = word.indexOf('=');
        if (at < 0) return { name: word, line: arg.line };
        return { name: word.slice(0, at), value: word.slice(at + 1), line: arg.line };
      }),
    );
}

function inFront({ instructions }: Dockerfile): readonly Instruction[] {
  const first = instructions.findIndex(({ keyword }) => keyword === 'FROM');
  return first < 0 ? instructions : instructions.slice(0, first);
}

function expandedArg(value: string, variables: Map<string, string>, escape: string, line: number): string {
  try {
    return expandWord(value, variables, { escape });
  } catch (error) {
    if (error instanceof SyntaxError) throw new DockerfileError(line, `ARG ${value}: ${error.message}`);
    throw error;
  }
}

/** What BuildKit sets by itself; the machine that builds is taken for one of the same platform. */
function platformVariables(platform: Platform, buildArgs: BuildArgs): Map<string, string> {
  const values = {
    PLATFORM: formatPlatform(platform),
    OS: platform.os,
    ARCH: platform.architecture,
    VARIANT: platform.variant,
  };
  return new Map(
    ['BUILD', 'TARGET'].flatMap((prefix) =>
      Object.entries(values).map(([what, value]): [string, string] => {
        const name = prefix + what;
        return [name, buildArgs[name] ?? value];
      }),
    ),
  );
}

function attempt(expand: () => string): string | undefined {
  try {
    return expand();
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
