import { asReference } from '../../oci/reference.js';
import { ValueError } from '../../text/flag-error.js';
import { DockerfileError } from './dockerfile-error.js';
import { type Instruction, plainWords, triggerOf } from './instruction.js';
import type { Dockerfile } from './parse.js';
import { expandWord, type Variables } from './shell-word.js';
import { type Source, sourcesOf, takenFromContext } from './sources.js';

/** A stage of a Dockerfile, or an image that an instruction takes files from. */
export interface Stage {
  /** As it is written, without its quotes and variables: a stage, an image or a named context. */
  base: string;
  /** In small letters; BuildKit knows it so. */
  name?: string;
  /** The name as it is written. */
  written?: string;
  line: number;
  /** What FROM names: a stage or an image; none where it is an image itself. */
  from?: Stage;
  /** The stages and images that its instructions take files from. */
  sources: Stage[];
  /** The files of the context that its instructions take, as they are written. */
  taken: string[];
}

interface ReadStage extends Stage {
  instructions: Instruction[];
}

/**
 * The stages of a Dockerfile with what each needs, an image outside of the file being one that needs nothing.
 *
 * @param variables of the FROM lines
 * @throws {DockerfileError} for a reference that BuildKit refuses, and a stage that needs itself
 */
export function readStages(dockerfile: Dockerfile, variables: Variables): Stage[] {
  const stages: ReadStage[] = [];
  const byName = new Map<string, ReadStage>();
  for (const instruction of dockerfile.instructions) {
    if (instruction.keyword !== 'FROM') {
      stages.at(-1)?.instructions.push(instruction);
      continue;
    }
    const stage = readStage(instruction, { byName, variables, escape: dockerfile.escape });
    stages.push(stage);
    if (stage.name !== undefined) byName.set(stage.name, stage);
  }
  if (stages.length === 0) throw new DockerfileError(1, 'no FROM line says what it is built from');
  addSources(stages, byName, dockerfile.escape);
  for (const stage of stages)
    stage.taken.push(...stage.instructions.flatMap((one) => takenFromContext(one, dockerfile.escape)));
  refuseCircles(stages);
  return stages;
}

function readStage(
  from: Instruction,
  {
    byName,
    variables,
    escape,
  }: { byName: ReadonlyMap<string, ReadStage>; variables: Variables; escape: string },
): ReadStage {
  const { base, written } = fromOf(from, variables, escape);
  const { line } = from;
  const parent = byName.get(base);
  const triggers = parent?.instructions.filter(isTrigger) ?? [];
  return {
    ...{ base, name: written?.toLowerCase(), written, line },
    from: parent ?? outside(base, line),
    sources: [],
    taken: [],
    instructions: triggers.map((trigger) => ({ ...triggerOf(trigger, escape), line })),
  };
}

/** Adds what instructions take files from, which may be stages further down. */
function addSources(stages: readonly ReadStage[], byName: ReadonlyMap<string, Stage>, escape: string): void {
  // BuildKit counts the images that instructions name like stages, behind those.
  const counted: Stage[] = [...stages];
  const find = (source: Source, line: number) => {
    if ('name' in source) {
      const known = byName.get(source.name.toLowerCase());
      if (known) return known;
      const image = outside(source.name, line);
      counted.push(image);
      return image;
    }
    const found = counted[source.index];
    if (!found) throw new DockerfileError(line, `there is no stage ${source.index}`);
    return found;
  };
  for (const stage of stages) {
    for (const instruction of stage.instructions) {
      for (const source of sourcesOf(instruction, escape)) stage.sources.push(find(source, instruction.line));
    }
  }
}

function isTrigger({ keyword }: Instruction): boolean {
  return keyword === 'ONBUILD';
}

/** @throws {DockerfileError} where no engine would take it for the name of an image */
function outside(base: string, line: number): Stage {
  try {
    if (base !== 'scratch') asReference(base);
  } catch (error) {
    if (error instanceof ValueError) throw new DockerfileError(line, `${base}: ${error.message}`);
    throw error;
  }
  return { base, line, sources: [], taken: [] };
}

/** `FROM [--platform=…] <base> [AS <name>]`. */
function fromOf(
  instruction: Instruction,
  variables: Variables,
  escape: string,
): { base: string; written?: string } {
  const { line } = instruction;
  const [written = '', as, name, ...more] = plainWords(instruction);
  if (written === '' || more.length > 0 || (as !== undefined && (as.toLowerCase() !== 'as' || !name)))
    throw new DockerfileError(line, 'FROM takes an image, and AS with a name where the stage has one');
  if (name !== undefined && !/^[a-z][a-z0-9-_.]*$/i.test(name))
    throw new DockerfileError(
      line,
      `${name} is no name of a stage: it begins with a letter and has no symbols`,
    );
  const base = expanded(written, variables, { escape, line });
  if (base === '')
    throw new DockerfileError(
      line,
      `FROM ${written} has no value: give its ARG a default, or a value with --build-arg in build_args=`,
    );
  return { base, ...(name !== undefined && { written: name }) };
}

function expanded(
  text: string,
  variables: Variables,
  { escape, line }: { escape: string; line: number },
): string {
  try {
    return expandWord(text, variables, { escape });
  } catch (error) {
    if (error instanceof SyntaxError) throw new DockerfileError(line, `${text}: ${error.message}`);
    throw error;
  }
}

/** Throws if stages copy files from each other in a circle. Each stage is visited once. */
function refuseCircles(stages: readonly Stage[]): void {
  const done = new Set<Stage>();
  const way = new Set<Stage>();
  const visit = (stage: Stage) => {
    if (way.has(stage))
      throw new DockerfileError(stage.line, `the stage ${stage.written ?? stage.base} needs itself`);
    if (done.has(stage)) return;
    way.add(stage);
    stage.sources.forEach(visit);
    way.delete(stage);
    done.add(stage);
  };
  stages.forEach(visit);
}
