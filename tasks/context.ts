import { describeImage, loadProject, type Image, type Project } from '../lib/project/index.js';
import type { DescribeOptions } from '../lib/project/index.js';
import type { Engine, EngineAddress } from '../lib/engine/types.js';
import type { Report } from '../lib/report/types.js';
import type { Flag } from './flags.js';

export interface DockerTaskSettings {
  /** The folder that holds `docker/`; the nearest one upwards from the working directory by default. */
  root?: string;
  /** The project's part of image names, instead of what the root folder's name makes. */
  project?: string;
  /** The environment; the process's own by default. */
  env?: NodeJS.ProcessEnv;
  /** The words after `gulp` that flags are read from; `[]` where the caller gives all options itself. */
  argv?: readonly string[];
}

/** Where a project's tasks get everything from that is not an option of theirs. */
export interface TaskContext {
  project: Project;
  env: NodeJS.ProcessEnv;
  argv: readonly string[];
  /** All flags of all tasks. */
  knownFlags: Record<string, Flag>;
}

export function createContext(settings: DockerTaskSettings, knownFlags: Record<string, Flag>): TaskContext {
  const { root, project, env = process.env, argv = process.argv.slice(2) } = settings;
  return { project: loadProject({ root, project, env }), env, argv, knownFlags };
}

/** The address of the engine that builds and runs. */
export async function engineAddress({ env }: TaskContext): Promise<EngineAddress> {
  const { resolveEngineAddress } = await import('../lib/engine/index.js');
  return resolveEngineAddress({ env });
}

/** Gives work an open engine, and closes it whatever happens. */
export async function withEngine<Result>(
  address: EngineAddress,
  work: (engine: Engine) => Promise<Result>,
): Promise<Result> {
  const { openEngine } = await import('../lib/engine/index.js');
  const engine = await openEngine(address);
  try {
    return await work(engine);
  } finally {
    await engine.close();
  }
}

/** The report that all tasks share; gulp's own flags say how much it tells. */
export async function openReport({ argv, env }: TaskContext, dryRun: boolean): Promise<Report> {
  const { createReport, levelOfFlags } = await import('../lib/report/index.js');
  const letters = argv.filter((word) => /^-[A-Za-z]+$/.test(word)).join('');
  const level = levelOfFlags({
    silent: argv.includes('--silent') || letters.includes('S'),
    logLevel: letters.match(/L/g)?.length,
  });
  return createReport({ level, dryRun, env });
}

/** An image as an operation on an engine sees it. */
export function imageOf(
  { project, env }: TaskContext,
  name: string,
  options: Omit<DescribeOptions, 'env'>,
): Image {
  return describeImage(project, name, { ...options, env });
}
