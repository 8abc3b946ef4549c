import type { EngineAddress, EngineFacts } from '../lib/engine/types.js';
import type { RunRequest } from '../lib/run/index.js';
import type { TaskContext } from './context.js';

/** What every run of a task is planned with, beside the image and what is chosen for it. */
export type RunSurroundings = Omit<RunRequest, 'project' | 'image' | 'options'> &
  Pick<TaskContext, 'project' | 'env'>;

/**
 * @returns what runs on an engine are planned with, by what is known of it: nothing in a dry run
 */
export async function runSurroundings(
  { project, env }: TaskContext,
  address: EngineAddress,
): Promise<(engine: Partial<EngineFacts>) => RunSurroundings> {
  const { configuredProxies } = await import('../lib/engine/index.js');
  const { stdin, stdout } = process;
  return ({ runtimes, apiVersion }) => ({
    project,
    env,
    now: new Date(),
    stdinIsTTY: stdin.isTTY,
    stdoutIsTTY: stdout.isTTY,
    consoleSize: stdout.isTTY ? [stdout.rows, stdout.columns] : undefined,
    cliFlags: address.cliFlags,
    endpoint: address.url,
    proxies: configuredProxies(env, address.url),
    runtimes,
    apiVersion,
  });
}
