import { type Platform, readPlatform } from '../../oci/platform.js';
import { type BuildArgs, fromVariables } from './args.js';
import { DockerfileError } from './dockerfile-error.js';
import type { Dockerfile } from './parse.js';
import { readStages, type Stage } from './stages.js';

export { declaredArgs, type BuildArgs, type DeclaredArg } from './args.js';
export { DockerfileError } from './dockerfile-error.js';
export type { Instruction } from './instruction.js';
export { parseDockerfile, type Dockerfile } from './parse.js';

/** Something outside of the Dockerfile that it is built from: an image, or a named context. */
export interface OutsideReference {
  /** As it is written, after replacement of variables: `app-base:alice`, `python:3.12`. */
  reference: string;
  /** Counted from 1. */
  line: number;
}

export interface DockerfileReading {
  /** What the target needs, in the order of the file; each reference once. */
  outside: readonly OutsideReference[];
  /** Names of all stages, in small letters. */
  stages: ReadonlySet<string>;
  /** Names of the stages that the target needs, as they are written, without its own. */
  needed: readonly string[];
  /** The files of the context that the target takes, as they are written: each once, in order of their names. */
  taken: readonly string[];
}

export interface ReadingOptions {
  buildArgs?: BuildArgs;
  /** The stage that is built, where it is not the last. */
  target?: string;
  /** Platform that the image is built for; by default Linux on this machine's processor. */
  platform?: Platform;
  /** Names that stand for something else than the stages and images of those names. */
  contexts?: ReadonlySet<string>;
}

/**
 * Reads what a Dockerfile is built from, as BuildKit does: FROM, `COPY --from` and `RUN --mount=…from=…` of the stages that
 * the target needs, with the ARGs in front of FROM, their defaults and the build arguments. Stages, their numbers and
 * `scratch` are left out.
 *
 * @throws {DockerfileError} for what BuildKit would refuse
 */
export function readDockerfile(dockerfile: Dockerfile, options: ReadingOptions = {}): DockerfileReading {
  const { buildArgs = {}, target, platform = readPlatform('linux'), contexts = new Set() } = options;
  if (dockerfile.problem) throw dockerfile.problem;
  const stages = readStages(dockerfile, fromVariables(dockerfile, buildArgs, platform));
  const wanted = targetOf(stages, target);
  const needed = new Set<Stage>();
  const visit = (stage: Stage) => {
    if (needed.has(stage)) return;
    needed.add(stage);
    // A named context takes the place of the stage of that name.
    if (stage.name !== undefined && contexts.has(stage.name)) return;
    if (stage.from) visit(stage.from);
    stage.sources.forEach(visit);
  };
  visit(wanted);
  const outside = new Map<string, OutsideReference>();
  for (const stage of [...needed].sort((one, other) => one.line - other.line)) {
    const replaced = stage.name !== undefined && contexts.has(stage.name) ? stage.name : undefined;
    const reference = replaced ?? (stage.from ? 'scratch' : stage.base);
    if (reference !== 'scratch' && !outside.has(reference))
      outside.set(reference, { reference, line: stage.line });
  }
  return {
    outside: [...outside.values()],
    stages: new Set(stages.flatMap(({ name }) => name ?? [])),
    needed: [...needed].flatMap((stage) => (stage === wanted ? [] : (stage.written ?? []))),
    taken: [...new Set([...needed].flatMap(({ taken }) => taken))].sort(),
  };
}

function targetOf(stages: readonly Stage[], target: string | undefined): Stage {
  const found =
    target === undefined || target === ''
      ? stages.at(-1)
      : stages.findLast(({ name }) => name === target.toLowerCase());
  if (found) return found;
  const names = stages.flatMap(({ written }) => written ?? []);
  const known = names.length > 0 ? `its stages are ${names.join(', ')}` : 'no stage of it has a name';
  throw new DockerfileError(1, `there is no stage ${target} to build: ${known}`);
}
