import type { EngineAddress, EngineFacts } from '../lib/engine/types.js';
import type { Image } from '../lib/project/index.js';
import type { RunPlan, RunRequest } from '../lib/run/index.js';
import type { TaskContext } from './context.js';

/** What an image is run with, beside what a task finds around itself. */
export interface Running extends Pick<RunRequest, 'options' | 'placeOfBind'> {
  image: Image;
  address: EngineAddress;
}

/** @returns how the image will be run, by what is known of the engine: nothing in a dry run */
export async function runPlanner(
  { project, env }: TaskContext,
  { image, address, ...request }: Running,
): Promise<(engine: Partial<EngineFacts>) => RunPlan> {
  const { planRun } = await import('../lib/run/index.js');
  const { configuredProxies } = await import('../lib/engine/index.js');
  const { stdin, stdout } = process;
  return ({ runtimes, apiVersion }) =>
    planRun({
      ...request,
      project,
      image,
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
