import { describeImage, loadProject, type Image, type Project } from '../lib/project/index.js';
import type { DescribeOptions } from '../lib/project/index.js';
import type { Means } from '../lib/engine/means.js';
import type { Engine, EngineAddress } from '../lib/engine/types.js';
import type { Report } from '../lib/report/types.js';
import type { Flag } from './flags.js';

export interface DockerTaskSettings {
  /** The folder that holds `docker/`. Default: the nearest one upwards from the working directory. */
  root?: string;
  /** The project's part of image names, instead of what the root folder's name makes. */
  project?: string;
  /** The environment. Default: process.env. */
  env?: NodeJS.ProcessEnv;
  /** The words that flags are read from; `[]` where the caller gives all options. Default: those after `gulp`. */
  argv?: readonly string[];
}

/** What tasks depend on besides their options. */
export interface TaskContext {
  project: Project;
  env: NodeJS.ProcessEnv;
  argv: readonly string[];
  /** All flags of all tasks. */
  knownFlags: Record<string, Flag>;
  /** What the first task that runs has to tell; nobody is told twice. */
  warnings: string[];
}

/** The same for tasks that need no project. */
export type BareContext = Omit<TaskContext, 'project'>;

export function createContext(settings: DockerTaskSettings, knownFlags: Record<string, Flag>): TaskContext {
  const { root, project, env = process.env, argv = process.argv.slice(2) } = settings;
  const loaded = loadProject({ root, project, env });
  return { project: loaded, env, argv, knownFlags, warnings: [...loaded.warnings] };
}

/**
 * The address of an engine: the one that builds and runs, or the one that `host` names.
 *
 * @param hostOrigin what gave `host`, for messages
 */
export async function engineAddress(
  { env }: BareContext,
  named: { host?: string; hostOrigin?: string } = {},
): Promise<EngineAddress> {
  const { resolveEngineAddress } = await import('../lib/engine/index.js');
  return resolveEngineAddress({ ...named, env });
}

/** Opens an engine; whoever asks for it closes it. ssh may ask questions on the terminal. */
export async function openEngine(
  { env }: BareContext,
  address: EngineAddress,
  { report, acceptNew }: { report: Report; acceptNew?: boolean },
): Promise<Engine> {
  const { openEngine } = await import('../lib/engine/index.js');
  return openEngine(address, { env, acceptNew, suspend: () => report.suspend() });
}

/** Gives work an open engine and all else that a plan is carried out with, and closes the engine whatever happens. */
export async function withMeans<Result>(
  context: BareContext,
  address: EngineAddress,
  run: Pick<Means, 'report' | 'signal'>,
  work: (means: Means) => Promise<Result>,
): Promise<Result> {
  const { lookUpCredentials } = await import('../lib/engine/index.js');
  const { env } = context;
  const { report, signal } = run;
  const engine = await openEngine(context, address, { report });
  const credentials = (registry: string) => lookUpCredentials(registry, { env });
  try {
    return await work({ engine, report, signal, env, credentials });
  } finally {
    await engine.close();
  }
}

/** The report that all tasks share; gulp's own flags say how much it tells. */
export async function openReport(context: BareContext, dryRun: boolean): Promise<Report> {
  const { createReport, levelOfFlags } = await import('../lib/report/index.js');
  const level = levelOfFlags({
    silent: isSilent(context),
    logLevel: shortFlags(context).match(/L/g)?.length,
  });
  return createReport({ level, dryRun, env: screenEnv(context) });
}

/** The environment as it decides on colours: gulp's `--color` and `--no-color` count before its variables. */
export function screenEnv({ argv, env }: BareContext): NodeJS.ProcessEnv {
  const said = argv.findLast((word) => word === '--color' || word === '--no-color');
  return said === undefined ? env : { ...env, FORCE_COLOR: said === '--color' ? '1' : '0' };
}

/** Whether gulp is told to say nothing, not even why a task failed. */
export function isSilent(context: BareContext): boolean {
  return context.argv.includes('--silent') || shortFlags(context).includes('S');
}

function shortFlags({ argv }: BareContext): string {
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
