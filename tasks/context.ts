import type { AddressRequest } from '../lib/engine/connect/address.js';
import type { FindCredentials } from '../lib/engine/credentials/types.js';
import type { Means } from '../lib/engine/means.js';
import type { Engine, EngineAddress } from '../lib/engine/types.js';
import type { DescribeOptions } from '../lib/project/index.js';
import { describeImage, type Image, loadProject, type Project } from '../lib/project/index.js';
import type { Report } from '../lib/report/types.js';
import { requireNode } from '../lib/system/node-version.js';
import { placeOf, type Word } from '../lib/text/word.js';
import { Invocation } from './command-line/invocation.js';
import { isGulpProcess } from './command-line/process-gulp.js';
import type { Kinds } from './command-line/refusal.js';
import type { FlagTable, OneOrMore } from './flags.js';
import { annotate } from './github/annotations.js';
import { reserveOutput } from './json.js';
import { checkOptions } from './options.js';
import { guardOutput } from './output.js';

export interface DockerTaskSettings {
  /** The folder that holds `docker/`. Default: the nearest one upwards from the working directory. */
  root?: string;
  /** The project's part of image names, instead of what the root folder's name makes. */
  project?: string;
  /** The environment. Default: process.env. */
  env?: NodeJS.ProcessEnv;
  /** The words that flags are read from; `[]` where the caller gives all options. Default: those after `gulp`. */
  argv?: readonly string[];
  /** Flags of the gulpfile itself, with or without dashes: words that no task understands are refused. Default: none. */
  flags?: OneOrMore;
}

const SETTINGS: FlagTable<DockerTaskSettings> = {
  root: { type: 'string', description: '' },
  project: { type: 'string', description: '' },
  env: { type: 'object', description: '' },
  argv: { type: 'list', description: '' },
  flags: { type: 'list', description: '' },
};

/** What tasks depend on besides their options. */
export interface TaskContext {
  project: Project;
  env: NodeJS.ProcessEnv;
  /** The run of gulp that the tasks are part of. */
  invocation: Invocation;
  /** Warnings about the project, which the first task that runs prints; emptied then, so that each appears once. */
  warnings: string[];
}

/** The context of a task that needs no project. */
export type BareContext = Omit<TaskContext, 'project'>;

/**
 * @param caller for messages: `dockerTasks()`
 * @throws {UserError} `NODE_TOO_OLD`, `BAD_OPTION`, and whatever is wrong with `docker/` and its run.cfg
 */
export function createContext(settings: DockerTaskSettings, caller: string, kinds: Kinds): TaskContext {
  requireNode();
  guardOutput();
  const { flags = [] } = checkOptions(caller, SETTINGS, settings);
  const { root, project, env = process.env, argv } = settings;
  const loaded = loadAnnotated({ root, project, env });
  const invocation = invocationOf(argv ?? WORDS_OF_PROCESS, kinds);
  invocation.declare(flags);
  // gulp has lines of its own for standard output, from now until it ends.
  if (argv === undefined && isGulpProcess() && invocation.asksForJson) reserveOutput();
  return { project: loaded, env, invocation, warnings: [...loaded.warnings] };
}

function loadAnnotated(options: { root?: string; project?: string; env: NodeJS.ProcessEnv }): Project {
  try {
    return loadProject(options);
  } catch (error) {
    annotate(error, { env: options.env, root: options.root ?? process.cwd() });
    throw error;
  }
}

/** Where files in messages are. */
export function rootOf(context: BareContext & { project?: Project }): string {
  return context.project?.root ?? process.cwd();
}

/** For tasks that need no project, and whose caller gives all options. */
export function bareContext(): BareContext {
  return { env: process.env, invocation: new Invocation([], {}), warnings: [] };
}

const WORDS_OF_PROCESS: readonly string[] = process.argv.slice(2);
const invocations = new WeakMap<readonly string[], Invocation>();

/** Whoever reads the same words is part of the same run. */
function invocationOf(words: readonly string[], kinds: Kinds): Invocation {
  const known = invocations.get(words);
  if (known) return known;
  const isGulp = words !== WORDS_OF_PROCESS || isGulpProcess();
  const made = new Invocation(words, kinds, isGulp);
  invocations.set(words, made);
  return made;
}

/**
 * The address of an engine: the one that builds and runs, or the one that `host` names.
 *
 * @param hostOrigin what gave `host`, for messages
 */
export async function engineAddress(
  { env }: BareContext,
  named: Omit<AddressRequest, 'env'> = {},
): Promise<EngineAddress> {
  const { resolveEngineAddress } = await import('../lib/engine/index.js');
  return resolveEngineAddress({ ...named, env });
}

/** The address of the engine of a host that run.cfg or the command line names. */
export function hostAddress(context: BareContext, { text, origin }: Word): Promise<EngineAddress> {
  return engineAddress(context, { host: text, orNode: true, ...(origin && { hostOrigin: placeOf(origin) }) });
}

/** What engines are opened with. */
export interface Opening {
  report: Report;
  signal?: AbortSignal;
  acceptNew?: boolean;
}

export type OpenEngine = (address: EngineAddress) => Promise<Engine>;

/** Lets work open engines, and closes them all, whatever happens. ssh may ask questions on the terminal. */
export async function withEngines<Result>(
  { env }: BareContext,
  { report, signal, acceptNew }: Opening,
  work: (open: OpenEngine) => Promise<Result>,
): Promise<Result> {
  const { openEngine } = await import('../lib/engine/index.js');
  const suspend = () => report.suspend();
  const engines: Engine[] = [];
  const open = async (address: EngineAddress) => {
    const say = (line: string) => report.info(line);
    const engine = await openEngine(address, { env, acceptNew, suspend, say, signal });
    engines.push(engine);
    return engine;
  };
  try {
    return await work(open);
  } finally {
    await Promise.all(engines.map((engine) => engine.close()));
  }
}

/** Gives work an open engine, and closes it, whatever happens. */
export function withEngine<Result>(
  context: BareContext,
  address: EngineAddress,
  opening: Opening,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  return withEngines(context, opening, async (open) => work(await open(address)));
}

/** Gives work an open engine and all else that a plan is carried out with, and closes the engine whatever happens. */
export async function withMeans<Result>(
  context: BareContext,
  address: EngineAddress,
  run: Pick<Means, 'report' | 'signal'> & { acceptNew?: boolean },
  work: (means: Means) => Promise<Result>,
): Promise<Result> {
  const { lookUpCredentials } = await import('../lib/engine/index.js');
  const { env } = context;
  const { report, signal } = run;
  const credentials: FindCredentials = (registry, use) =>
    lookUpCredentials(registry, { env, lenient: use === 'pull' });
  return withEngine(context, address, run, (engine) => work({ engine, report, signal, env, credentials }));
}

/** The report that all tasks share; gulp's own flags say how much it tells. */
export async function openReport(
  context: BareContext,
  { dryRun, json }: { dryRun: boolean; json: boolean },
): Promise<Report> {
  const { createReport, levelOfFlags } = await import('../lib/report/index.js');
  const verbosity = shortFlags(context).match(/L/g)?.length;
  return createReport({
    level: levelOfFlags({ silent: isSilent(context), logLevel: verbosity }),
    dryRun,
    wholeCommands: verbosity === MOST_VERBOSE,
    env: screenEnv(context),
    ...(json && { out: process.stderr }),
  });
}

/** As many `L` has gulp's flag at the most, `-LLLL`. */
const MOST_VERBOSE = 4;

/** The environment as it decides on colours: gulp's `--color` and `--no-color` count before its variables. */
export function screenEnv({ invocation: { argv }, env }: BareContext): NodeJS.ProcessEnv {
  const said = argv.findLast((word) => word === '--color' || word === '--no-color');
  return said === undefined ? env : { ...env, FORCE_COLOR: said === '--color' ? '1' : '0' };
}

/** Whether gulp was asked to print nothing (`--silent`), not even why a task failed. */
export function isSilent(context: BareContext): boolean {
  return context.invocation.argv.includes('--silent') || shortFlags(context).includes('S');
}

function shortFlags({ invocation: { argv } }: BareContext): string {
  return argv.filter((word) => /^-[A-Za-z]+$/.test(word)).join('');
}

/** An image as an operation on an engine sees it. */
export function imageOf(
  { project, env }: TaskContext,
  name: string,
  options: Omit<DescribeOptions, 'env'>,
): Image {
  return describeImage(project, name, { ...options, env });
}
