import { describeImage, loadProject, type Image, type Project } from '../lib/project/index.js';
import type { DescribeOptions } from '../lib/project/index.js';
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
export interface Surroundings {
  env: NodeJS.ProcessEnv;
  argv: readonly string[];
  /** All flags of all tasks. */
  knownFlags: Record<string, Flag>;
  /** What the first task that runs has to tell; nobody is told twice. */
  warnings: string[];
}

/** The surroundings of a project's tasks. */
export interface TaskContext extends Surroundings {
  project: Project;
}

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
  { env }: Surroundings,
  named: { host?: string; hostOrigin?: string } = {},
): Promise<EngineAddress> {
  const { resolveEngineAddress } = await import('../lib/engine/index.js');
  return resolveEngineAddress({ ...named, env });
}

/** Opens an engine; whoever asks for it closes it. ssh may ask questions on the terminal. */
export async function openEngine(
  { env }: Surroundings,
  address: EngineAddress,
  { report, acceptNew }: { report: Report; acceptNew?: boolean },
): Promise<Engine> {
  const { openEngine } = await import('../lib/engine/index.js');
  return openEngine(address, { env, acceptNew, suspend: () => report.suspend() });
}

/** Gives work an open engine, and closes it whatever happens. */
export async function withEngine<Result>(
  context: Surroundings,
  address: EngineAddress,
  report: Report,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const engine = await openEngine(context, address, { report });
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** The report that all tasks share; gulp's own flags say how much it tells. */
export async function openReport(surroundings: Surroundings, dryRun: boolean): Promise<Report> {
  const { createReport, levelOfFlags } = await import('../lib/report/index.js');
  const level = levelOfFlags({
    silent: isSilent(surroundings),
    logLevel: shortFlags(surroundings).match(/L/g)?.length,
  });
  return createReport({ level, dryRun, env: screenEnv(surroundings) });
}

/** The environment as it decides on colours: gulp's `--color` and `--no-color` count before its variables. */
export function screenEnv({ argv, env }: Surroundings): NodeJS.ProcessEnv {
  const said = argv.findLast((word) => word === '--color' || word === '--no-color');
  return said === undefined ? env : { ...env, FORCE_COLOR: said === '--color' ? '1' : '0' };
}

/** Whether gulp is told to say nothing, not even why a task failed. */
export function isSilent(surroundings: Surroundings): boolean {
  return surroundings.argv.includes('--silent') || shortFlags(surroundings).includes('S');
}

function shortFlags({ argv }: Surroundings): string {
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
