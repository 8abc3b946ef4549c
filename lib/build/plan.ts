import fs from 'node:fs';
import path from 'node:path';
import type { Checkout, Project } from '../project/index.js';
import { commandLine, programLine } from '../text/command-line.js';
import type { Word } from '../text/word.js';
import type { BuildFlags, Export } from './flags/index.js';
import { builderStage, readingOf } from './reading.js';
import type { DockerfileSource, Recipe } from './recipe.js';
import type { SecretSource } from './session/secrets.js';
import { type Vcs, vcsOf } from './vcs.js';

export interface BuildOptions {
  /** Asks the registry for newer base images. */
  pull?: boolean;
  /** Builds every step anew. */
  noCache?: boolean;
}

export interface BuildRequest {
  project: Project;
  recipe: Recipe;
  options?: BuildOptions;
  /** Labels of the image, such as those of its version; the user's own `--label` wins. */
  labels?: Readonly<Record<string, string>>;
  /** Build arguments that the project supplies, such as references of its images; the user's own `--build-arg` wins. */
  buildArgs?: Readonly<Record<string, string>>;
  /** What names in the Dockerfile stand for, such as images of the project; the user's own `--build-context` wins. */
  contexts?: Readonly<Record<string, string>>;
  /** An image that takes the same files of the context; itself by default. */
  sharesFilesWith?: string;
  /** Images of the project that this one is built from, by the reference that its Dockerfile means. */
  bases?: readonly Base[];
  /** Flags by which the docker CLI reaches the same engine: `['-H', url]`, or none. */
  cliFlags?: readonly string[];
  /** Whether what is built comes here as an archive, and the engine keeps no image of it. */
  streamed?: boolean;
  /** Where git has the project's folder from; what is built says so where its provenance is asked for. */
  checkout?: Checkout;
  /** Whether the context comes by itself, as the docker CLI takes it from its standard input: not the project's folder. */
  piped?: boolean;
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
  dockerfile: DockerfileSource;
  /** Images that it is built from, as its Dockerfile names them. */
  from: readonly string[];
  /** Files that the context has and the folder on disk has not: name in the root -> path of the file it shows. */
  additions: ReadonlyMap<string, string>;
  bases: readonly Base[];
  /** Where what is built is written, and not kept by the engine. */
  export?: Export;
  /** Where the sources come from, in the words of BuildKit's frontend. */
  vcs: Vcs;
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
  flags: BuildFlags;
  /** Of builds of one context, those of the same key send each other's difference only. */
  contextKey: string;
}

/**
 * Computes how an image is built, from its recipe and the options of this build.
 * @throws {UserError} `BAD_DOCKERFILE` for what no engine would build, with file and line
 */
export function planBuild(request: BuildRequest): BuildPlan {
  const { project, recipe, bases = [], cliFlags = [] } = request;
  const { image, dockerfile } = recipe;
  const { repository, tag, reference } = image;
  const flags = withSupplied(recipe.flags, request);
  const line = (name: string, target: readonly string[]) => {
    const file = request.piped ? path.relative(project.root, dockerfile.path) : dockerfile.path;
    const words = [
      '-f',
      file,
      '-t',
      name,
      ...ownWords(request),
      ...texts(image.buildArgs),
      ...target,
      ...(request.streamed ? ['-o', '-'] : []),
    ];
    return commandLine(['docker', ...cliFlags, 'build', ...words, request.piped ? '-' : project.root]);
  };
  const step = (name: string, stepFlags: BuildFlags) => ({
    reference: name,
    flags: stepFlags,
    contextKey: JSON.stringify([request.sharesFilesWith ?? image.name, stepFlags.target ?? '']),
  });
  const reading = readingOf(dockerfile.parsed, dockerfile.shown, flags);
  // Nothing is kept of what comes here.
  const builder = flags.export ? undefined : builderStage(reading);
  const builderReference = `${repository}-builder:${tag}`;
  const preBuildScript = texts(image.preBuildScript);
  const postBuildScript = texts(image.postBuildScript);
  return {
    image: image.name,
    reference,
    root: project.root,
    dockerfile,
    from: reading.outside.map((outside) => outside.reference),
    additions: additionsTo(project.root),
    bases,
    ...(flags.export && { export: flags.export }),
    vcs: vcsOf(request, flags.contexts),
    secrets: flags.secrets,
    agents: flags.ssh,
    preBuildScript,
    steps: [
      ...(builder === undefined ? [] : [step(builderReference, { ...flags, target: builder, tags: [] })]),
      step(reference, flags),
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

/** What a program takes from the engine has no place here. */
const STREAMED: Export = { type: 'tar', path: '-', attributes: {} };

/** What the flags ask for, with what the project supplies where they say nothing. */
function withSupplied(flags: BuildFlags, request: BuildRequest): BuildFlags {
  const { options = {}, labels, buildArgs, contexts } = request;
  return {
    ...flags,
    // A quiet build tells nothing of its steps, and so nothing of why it failed.
    quiet: false,
    pull: flags.pull || (options.pull ?? false),
    noCache: flags.noCache || (options.noCache ?? false),
    labels: { ...labels, ...flags.labels },
    buildArgs: { ...buildArgs, ...flags.buildArgs },
    contexts: { ...contexts, ...flags.contexts },
    ...(request.streamed && { export: STREAMED }),
  };
}

/** The words for what the project supplies; the user's own come behind them, and win. */
function ownWords({ options = {}, labels = {}, buildArgs = {}, contexts = {} }: BuildRequest): string[] {
  const pairs = (flag: string, values: Readonly<Record<string, string>>) =>
    Object.entries(values).flatMap(([name, value]) => [flag, `${name}=${value}`]);
  return [
    ...(options.pull ? ['--pull'] : []),
    ...(options.noCache ? ['--no-cache'] : []),
    ...pairs('--label', labels),
    ...pairs('--build-arg', buildArgs),
    ...pairs('--build-context', contexts),
  ];
}

const texts = (words: readonly Word[]) => words.map(({ text }) => text);
const scriptLine = (script: readonly string[]) => (script.length > 0 ? [programLine(script)] : []);

/** A `pip.conf` that each developer makes from a template is not in every checkout: the template stands in for it. */
function additionsTo(root: string): Map<string, string> {
  const has = (name: string) => fs.existsSync(path.join(root, name));
  return new Map(has('pip.conf.template') && !has('pip.conf') ? [['pip.conf', 'pip.conf.template']] : []);
}
