import fs from 'node:fs';
import path from 'node:path';
import { commandLine } from '../flags/command-line.js';
import type { Image, Project, Word } from '../project/types.js';
import { UserError } from '../user-error.js';
import { builderStage } from './builder-stage.js';
import type { SecretSource } from './session/secrets.js';

export interface BuildOptions {
  /** Asks the registry for newer base images. */
  pull?: boolean;
  /** Builds every step anew. */
  noCache?: boolean;
}

export interface BuildRequest {
  project: Project;
  image: Image;
  options?: BuildOptions;
  /** Labels of the image, such as those of its version; the user's own `--label` wins. */
  labels?: Readonly<Record<string, string>>;
  /** Build arguments that the project supplies, such as references of its images; the user's own `--build-arg` wins. */
  buildArgs?: Readonly<Record<string, string>>;
  /** Images of the project that this one is built from, by the reference that its Dockerfile means. */
  bases?: readonly Base[];
  /** Flags by which the docker CLI reaches the same engine: `['-H', url]`, or none. */
  cliFlags?: readonly string[];
}

export interface Base {
  /** Name of its task. */
  image: string;
  reference: string;
}

/** What a build will do. */
export interface BuildPlan {
  /** Name of the task. */
  image: string;
  /** `repository:tag`. */
  reference: string;
  /** Absolute path of the context. */
  root: string;
  /** Absolute path of the Dockerfile. */
  dockerfile: string;
  /** Files that the context has and the folder on disk has not: name in the root -> path of the file it shows. */
  additions: ReadonlyMap<string, string>;
  bases: readonly Base[];
  /** Secrets by the id that instructions mount them by. */
  secrets: ReadonlyMap<string, SecretSource>;
  /** Agent sockets or private keys by the id that instructions mount them by; no paths stand for SSH_AUTH_SOCK. */
  agents: ReadonlyMap<string, readonly string[]>;
  /** A command and its arguments, empty where there is none. */
  preBuildScript: readonly string[];
  /** The builds, one after the other: a stage named `builder` first, so that a prune keeps it. */
  steps: readonly BuildStep[];
  postBuildScript: readonly string[];
  /** To be pasted into a shell, one a line; without secrets. */
  commandLines: readonly string[];
}

/** One request to the engine. */
export interface BuildStep {
  reference: string;
  /** Parameters of POST /build that do not depend on the engine. */
  query: Readonly<Record<string, string>>;
}

/**
 * Computes how an image is built, from its section, the options of this build and its Dockerfile.
 * @throws UserError for an image that cannot be built
 */
export function planBuild(request: BuildRequest): BuildPlan {
  const { project, image, options = {}, labels = {}, buildArgs = {}, bases = [], cliFlags = [] } = request;
  if (image.synthetic || image.dockerfile === undefined) {
    throw new UserError(
      'NOT_BUILDABLE',
      `${image.name} is a synthetic image, which can be run but not built.`,
    );
  }
  const { repository, tag, reference, dockerfile } = image;
  const query = {
    ...(options.pull && { pull: '1' }),
    ...(options.noCache && { nocache: '1' }),
    ...(Object.keys(labels).length > 0 && { labels: JSON.stringify(labels) }),
    ...(Object.keys(buildArgs).length > 0 && { buildargs: JSON.stringify(buildArgs) }),
  };
  const words = [
    ...(options.pull ? ['--pull'] : []),
    ...(options.noCache ? ['--no-cache'] : []),
    ...Object.entries(labels).flatMap(([name, value]) => ['--label', `${name}=${value}`]),
    ...Object.entries(buildArgs).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]),
  ];
  const line = (reference: string, target: readonly string[]) =>
    commandLine([
      'docker',
      ...cliFlags,
      'build',
      '-f',
      dockerfile,
      '-t',
      reference,
      ...words,
      ...target,
      project.root,
    ]);
  const builder = builderStage(fs.readFileSync(dockerfile, 'utf8'));
  const builderReference = `${repository}-builder:${tag}`;
  const [preBuildScript, postBuildScript] = [image.preBuildScript, image.postBuildScript].map(texts) as [
    string[],
    string[],
  ];
  return {
    image: image.name,
    reference,
    root: project.root,
    dockerfile,
    additions: additionsTo(project.root),
    bases,
    secrets: new Map(),
    agents: new Map(),
    preBuildScript,
    steps: [
      ...(builder === undefined
        ? []
        : [{ reference: builderReference, query: { ...query, target: builder } }]),
      { reference, query },
    ],
    postBuildScript,
    commandLines: [
      ...scriptLine(preBuildScript),
      ...(builder === undefined ? [] : [line(builderReference, ['--target', builder])]),
      line(reference, []),
      ...scriptLine(postBuildScript),
    ],
  };
}

const texts = (words: readonly Word[]) => words.map(({ text }) => text);
const scriptLine = (script: readonly string[]) => (script.length > 0 ? [commandLine(script)] : []);

/** A `pip.conf` that each developer makes from a template is not in every checkout: the template stands in for it. */
function additionsTo(root: string): Map<string, string> {
  const has = (name: string) => fs.existsSync(path.join(root, name));
  return new Map(has('pip.conf.template') && !has('pip.conf') ? [['pip.conf', 'pip.conf.template']] : []);
}
