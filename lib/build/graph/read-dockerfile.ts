import { DockerfileParser, type Instruction, type ModifiableInstruction } from 'dockerfile-ast';

/** Something outside of the Dockerfile that it is built from. */
export interface OutsideReference {
  /** As written, after replacement of variables: `app-base:alice`, `python:3.12`. */
  reference: string;
  /** Counted from 1. */
  line: number;
}

/** An `ARG`, before the first FROM or in a stage. */
export interface DeclaredArg {
  name: string;
  /** After replacement of variables; undefined where there is none. */
  default?: string;
}

export interface DockerfileReading {
  args: readonly DeclaredArg[];
  /** In the order of the file; each reference once. */
  outside: readonly OutsideReference[];
  /** Names of all stages, in small letters. */
  stages: ReadonlySet<string>;
}

export type BuildArgs = Readonly<Record<string, string>>;

/**
 * Reads what a Dockerfile is built from: `FROM` of every stage, `COPY --from` and `RUN --mount=…from=…`, with variables
 * replaced by `ARG` before FROM, its defaults and the build arguments. Names of its own stages, their numbers and
 * `scratch` are left out, and so is a reference with a variable that has no value.
 *
 * @param target the stage that is built: what comes behind it does not count.
 */
export function readDockerfile(text: string, buildArgs: BuildArgs = {}, target?: string): DockerfileReading {
  const globals = new Map<string, string>();
  let scope = globals;
  const stages = new Set<string>();
  const args: DeclaredArg[] = [];
  const outside = new Map<string, OutsideReference>();
  const addOutside = (written: string | null | undefined, instruction: Instruction) => {
    const reference = written && expand(written, scope);
    if (
      !reference ||
      reference === 'scratch' ||
      /^\d+$/.test(reference) ||
      stages.has(reference.toLowerCase())
    )
      return;
    if (!outside.has(reference))
      outside.set(reference, { reference, line: instruction.getRange().start.line + 1 });
  };

  const dockerfile = DockerfileParser.parse(text);
  const fromLines = dockerfile.getFROMs();
  const reading = () => ({
    args,
    outside: [...outside.values()],
    stages: new Set(fromLines.flatMap((from) => from.getBuildStage()?.toLowerCase() ?? [])),
  });
  let stage = -1;
  for (const instruction of dockerfile.getInstructions()) {
    switch (instruction.getKeyword()) {
      case 'ARG':
        for (const word of instruction.getArguments()) {
          const { name, value } = argument(word.toString(), scope);
          args.push({ name, ...(value !== undefined && { default: value }) });
          const held = Object.hasOwn(buildArgs, name) ? buildArgs[name] : (value ?? globals.get(name));
          if (held !== undefined) scope.set(name, held);
        }
        break;
      case 'FROM': {
        if (isStage(fromLines[stage]?.getBuildStage(), stage, target)) return reading();
        const from = fromLines[++stage]!;
        scope = globals;
        addOutside(from.getImage(), from);
        scope = new Map();
        const name = from.getBuildStage();
        if (name) stages.add(name.toLowerCase());
        break;
      }
      case 'COPY':
        addOutside(flagValues(instruction, 'from')[0], instruction);
        break;
      case 'RUN':
        for (const mount of flagValues(instruction, 'mount')) {
          addOutside(/(?:^|,)from=([^,]*)/.exec(mount)?.[1], instruction);
        }
        break;
    }
  }
  return reading();
}

function isStage(name: string | null | undefined, index: number, target: string | undefined): boolean {
  if (index < 0 || target === undefined) return false;
  return name?.toLowerCase() === target.toLowerCase() || String(index) === target;
}

function argument(word: string, scope: ReadonlyMap<string, string>): { name: string; value?: string } {
  const [, name, quoted] = /^([^=]*)(?:=([^]*))?$/.exec(word)!;
  if (quoted === undefined) return { name: name! };
  return { name: name!, value: expand(quoted.replace(/^(["'])([^]*)\1$/, '$2'), scope) };
}

function flagValues(instruction: Instruction, name: string): string[] {
  return (instruction as ModifiableInstruction)
    .getFlags()
    .filter((flag) => flag.getName() === name)
    .map((flag) => (flag.getValue() ?? '').replace(/^(["'])(.*)\1$/, '$2'));
}

const VARIABLE = /\\(?<escaped>.)|\$(?<name>\w+)|\$\{(?<braced>\w+)(?:(?<operator>:?[-+])(?<word>[^}]*))?\}/g;

/** The text with its variables replaced, or undefined where one has no value. */
function expand(text: string, scope: ReadonlyMap<string, string>): string | undefined {
  let complete = true;
  const expanded = text.replace(VARIABLE, (...match) => {
    const { escaped, name, braced, operator, word } = match.at(-1) as Partial<Record<string, string>>;
    if (escaped !== undefined) return escaped;
    const value = scope.get((name ?? braced)!);
    const isSet = value !== undefined && (value !== '' || !operator?.startsWith(':'));
    if (operator?.endsWith('+')) return isSet ? word! : '';
    if (isSet) return value;
    if (word !== undefined) return word;
    complete = false;
    return '';
  });
  return complete ? expanded : undefined;
}
