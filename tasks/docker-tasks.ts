import type { Readable, Transform } from 'node:stream';
import { UserError } from '../lib/text/user-error.js';
import { build } from './build.js';
import { BUILD_FLAGS, type BuildOptions } from './build-options.js';
import { buildImage } from './build-pipeline.js';
import { clean, CLEAN_FLAGS, type CleanOptions } from './clean.js';
import { processGulp } from './command-line/process-gulp.js';
import type { Kinds } from './command-line/refusal.js';
import { config, CONFIG_FLAGS, type ConfigOptions } from './config.js';
import {
  exec,
  EXEC_FLAGS,
  type ExecOptions,
  shell,
  SHELL_FLAGS,
  type ShellOptions,
} from './containers/exec.js';
import { logs, LOGS_FLAGS, type LogsOptions } from './containers/logs.js';
import { ps, PS_FLAGS, type PsOptions } from './containers/ps.js';
import type { Work } from './containers/settled.js';
import { start, START_FLAGS, type StartOptions } from './containers/start.js';
import { stop, STOP_FLAGS, type StopOptions } from './containers/stop.js';
import { withServices, type WithServicesOptions } from './containers/with-services.js';
import { createContext, type DockerTaskSettings, type TaskContext } from './context.js';
import { deploy, DEPLOY_FLAGS, type DeployOptions } from './deploy.js';
import { doctor, DOCTOR_FLAGS, type DoctorOptions } from './doctor/index.js';
import { files, FILES_FLAGS, type FilesOptions } from './files.js';
import type { OneOrMore } from './flags.js';
import { genversion, GENVERSION_FLAGS, type GenversionOptions } from './genversion.js';
import { graph, GRAPH_FLAGS, type GraphTaskOptions } from './graph.js';
import { images as imagesTable, IMAGES_FLAGS, type ImagesOptions } from './images-table.js';
import { job, JOB_FLAGS, type JobOptions } from './job.js';
import { layers, LAYERS_FLAGS, type LayersOptions } from './layers.js';
import { help, HELP_FLAGS, type HelpOptions } from './listing/help.js';
import { live, LIVE_FLAGS, type LiveOptions } from './live.js';
import { LOCKED_DOWN_FLAGS, lockedDown, type LockedDownOptions } from './locked-down.js';
import { publish, PUBLISH_FLAGS, type PublishOptions } from './publish.js';
import { rollback, ROLLBACK_FLAGS, type RollbackOptions } from './rollback.js';
import { run, RUN_FLAGS, type RunOptions } from './run.js';
import { services, SERVICES_FLAGS, type ServicesOptions } from './services.js';
import type { Task } from './task.js';
import { transfer, TRANSFER_FLAGS, type TransferOptions } from './transfer.js';

/** Makes gulp tasks for the images of one project. Every factory throws a `UserError` for an image that it cannot do. */
export interface DockerTasks {
  /** Images that can be built: the folders of `docker/` with a Dockerfile. */
  images: readonly string[];
  /** Synthetic images, which can only be run. */
  synthetic: readonly string[];
  /** Writes the version into `_version.py.bld`. */
  genversion: (options?: GenversionOptions) => Task;
  /** Builds an image, or without a name all of them, each behind those that it is built from. */
  build: OfImageOrAll<BuildOptions>;
  /** The end of a gulp pipeline whose files are the build context: `src(…).pipe(minify()).pipe(buildImage('app'))`. */
  buildImage: (name: string, options?: BuildOptions) => Transform;
  /**
   * The beginning of a gulp pipeline: files out of an image, `files('app', '/app/dist/**').pipe(dest('dist'))`, or of a stage
   * that is built for them, `files('app', { target: 'wheels' })`.
   */
  files: FilesOfImage;
  /** Removes an image, or without a name all of them, from the engine. */
  clean: OfImageOrAll<CleanOptions>;
  /** Runs an image as its section of run.cfg says. */
  run: (name: string, options?: RunOptions) => Task;
  /** Runs an image, and keeps what it sees of the project as it is edited here, on any engine. */
  live: (name: string, options?: LiveOptions) => Task;
  /** Starts an image in the background, and what it depends on, and waits until it is ready. */
  start: (name: string, options?: StartOptions) => Task;
  /** Stops what runs of an image in the background, or without a name all that runs of the project. */
  stop: OfImageOrAll<StopOptions>;
  /** Shows what the container of an image has written. */
  logs: (name: string, options?: LogsOptions) => Task;
  /** Runs a command in the container of an image that runs already. */
  exec: (name: string, options?: ExecOptions) => Task;
  /** Opens a shell in the container of an image that runs already. */
  shell: (name: string, options?: ShellOptions) => Task;
  /** Shows what runs of the project, since when, and whether it is ready. */
  ps: (options?: PsOptions) => Task;
  /**
   * Puts services around any task of gulp: `withServices(['db'], test)`, also around a `series`. They are ready before it,
   * found by it in its environment (`DB_HOST`, `DB_PORT`), and stopped behind it, whatever comes of it.
   */
  withServices: (services: OneOrMore, task: Work, options?: WithServicesOptions) => Task;
  /** Sends an image to the engines of other hosts, only what they lack. */
  transfer: (name: string, options?: TransferOptions) => Task;
  /** Builds an image on servers without a way out, from bases that are built here and sent there. */
  lockedDown: (name: string, options?: LockedDownOptions) => Task;
  /** Makes an image a service of a swarm, whose nodes get it from here, and waits until all of it runs. */
  deploy: (name: string, options?: DeployOptions) => Task;
  /** Makes the service of an image what it was before its last change. */
  rollback: (name: string, options?: RollbackOptions) => Task;
  /** Runs an image on a swarm once for each index, and ends when all have ended. */
  job: (name: string, options?: JobOptions) => Task;
  /** Uploads an image to a registry. */
  publish: (name: string, options?: PublishOptions) => Task;
  /** Shows which image is built from which, as a tree, in Mermaid, or as an SVG picture. */
  graph: (options?: GraphTaskOptions) => Task;
  /** Lists all images: whether they are built, how large and old they are, and on which hosts they are. */
  imagesTable: (options?: ImagesOptions) => Task;
  /** Shows the layers of an image as bars: sizes, what made them, who shares them, and what a transfer would send. */
  layers: (name: string, options?: LayersOptions) => Task;
  /** Lists the services that are deployed, and the nodes of their swarms: what runs, and which node has which image. */
  services: (options?: ServicesOptions) => Task;
  /** Shows the resolved configuration of an image, or without a name of all. */
  config: OfImageOrAll<ConfigOptions>;
  /** Says what is right and what is not: project, engine, hosts, registries. */
  doctor: (options?: DoctorOptions) => Task;
  /** Says what the tasks do, or with the name of a kind (`run` of `run:app`) which flags it takes. */
  help: (kind?: string, options?: HelpOptions) => Task;
}

interface FilesOfImage {
  /** @param patterns of absolute paths in the image: `*`, `**`, `?`, `[a-z]`, and `!` in front of what is left out */
  (name: string, patterns: OneOrMore, options?: FilesOptions): Readable;
  (name: string, options: FilesOptions & { target: string }): Readable;
}

interface OfImageOrAll<Options> {
  (name: string, options?: Options): Task;
  (options?: Options): Task;
}

/** The flags of all kinds of task. */
export const KINDS: Kinds = {
  genversion: GENVERSION_FLAGS,
  build: BUILD_FLAGS,
  clean: CLEAN_FLAGS,
  run: RUN_FLAGS,
  live: LIVE_FLAGS,
  start: START_FLAGS,
  stop: STOP_FLAGS,
  logs: LOGS_FLAGS,
  exec: EXEC_FLAGS,
  shell: SHELL_FLAGS,
  ps: PS_FLAGS,
  transfer: TRANSFER_FLAGS,
  'locked-down': LOCKED_DOWN_FLAGS,
  publish: PUBLISH_FLAGS,
  deploy: DEPLOY_FLAGS,
  rollback: ROLLBACK_FLAGS,
  job: JOB_FLAGS,
  services: SERVICES_FLAGS,
  graph: GRAPH_FLAGS,
  images: IMAGES_FLAGS,
  layers: LAYERS_FLAGS,
  config: CONFIG_FLAGS,
  doctor: DOCTOR_FLAGS,
  help: HELP_FLAGS,
};

/**
 * Reads `docker/` and its run.cfg, and returns the factories of the project's tasks:
 *
 *     const { build, run } = dockerTasks();
 *     export const test = series(build('dev'), run('dev'));
 *
 * @throws {UserError} `NO_DOCKER_FOLDER`, `NO_PROJECT_NAME`, and `BAD_CONFIG`, `TWO_CONFIGS` for a run.cfg that cannot
 *   be read
 */
export function dockerTasks(settings: DockerTaskSettings = {}): DockerTasks {
  const context = createContext(settings, 'dockerTasks()', KINDS);
  const gulp = processGulp();
  if (gulp && !settings.argv) context.invocation.watch(gulp);
  return taskFactories(context);
}

/** The tasks of a context, of which the caller sees to it that the command line is judged. */
export function taskFactories(context: TaskContext): DockerTasks {
  const { images, synthetic } = context.project;
  return {
    images,
    synthetic,
    genversion: (options) => genversion(context, options),
    build: ofImageOrAll((name, options) => build(context, name, options)),
    get buildImage() {
      context.invocation.expectPipelines(BUILD_FLAGS);
      return ofImage('buildImage', (name, options?: BuildOptions) => buildImage(context, name, options));
    },
    get files() {
      context.invocation.expectPipelines(FILES_FLAGS);
      return (name: string, patterns: OneOrMore | FilesOptions, options?: FilesOptions) =>
        typeof patterns === 'string' || isList(patterns)
          ? files(context, name, patterns, options)
          : files(context, name, undefined, patterns);
    },
    clean: ofImageOrAll((name, options) => clean(context, name, options)),
    run: ofImage('run', (name, options) => run(context, name, options)),
    live: ofImage('live', (name, options) => live(context, name, options)),
    start: ofImage('start', (name, options) => start(context, name, options)),
    stop: ofImageOrAll((name, options) => stop(context, name, options)),
    logs: ofImage('logs', (name, options) => logs(context, name, options)),
    exec: ofImage('exec', (name, options) => exec(context, name, options)),
    shell: ofImage('shell', (name, options) => shell(context, name, options)),
    ps: (options) => ps(context, options),
    withServices: (services, task, options) => withServices(context, services, task, options),
    transfer: ofImage('transfer', (name, options) => transfer(context, name, options)),
    lockedDown: ofImage('lockedDown', (name, options) => lockedDown(context, name, options)),
    publish: ofImage('publish', (name, options) => publish(context, name, options)),
    deploy: ofImage('deploy', (name, options) => deploy(context, name, options)),
    rollback: ofImage('rollback', (name, options) => rollback(context, name, options)),
    job: ofImage('job', (name, options) => job(context, name, options)),
    layers: ofImage('layers', (name, options) => layers(context, name, options)),
    services: (options) => services(context, options),
    graph: (options) => graph(context, options),
    imagesTable: (options) => imagesTable(context, options),
    config: ofImageOrAll((name, options) => config(context, name, options)),
    doctor: (options) => doctor(context, options),
    help: (kind, options) => help(context, kind, options),
  };
}

const isList = (value: OneOrMore | FilesOptions): value is readonly string[] => Array.isArray(value);

/** What gulp calls in place of the task that it makes gets a function. */
function ofImage<Options, Made>(
  kind: string,
  factory: (name: string, options?: Options) => Made,
): (name: string, options?: Options) => Made {
  return (name: unknown, options) => {
    if (typeof name === 'string') return factory(name, options);
    throw new UserError(
      'BAD_OPTION',
      `An image is named by a string: ${kind}("app") makes the task, which is what gulp is to be given.`,
    );
  };
}

function ofImageOrAll<Options>(
  factory: (name: string | undefined, options: Options | undefined) => Task,
): OfImageOrAll<Options> {
  return (...args: [(string | Options)?, Options?]) => {
    const [first, options] = args;
    if (typeof first === 'string') return factory(first, options);
    // A variable that is not set is no wish for all images.
    if (args.length > (first === undefined ? 0 : 1))
      throw new UserError(
        'BAD_OPTION',
        'An image is named by a string, such as build("app"); build() is all of them.',
      );
    return factory(undefined, first);
  };
}
