import type { EngineFacts } from '../lib/engine/types.js';
import { checkImage } from '../lib/project/index.js';
import type { RunOptions as RunChoices } from '../lib/run/index.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, imageOf, withMeans, type TaskContext } from './context.js';
import { defineTask, type Task } from './define-task.js';
import type { FlagTable } from './flags.js';

export interface RunOptions extends RunChoices {
  /** Print the docker command, and do nothing. */
  dryRun?: boolean;
}

export const RUN_FLAGS: FlagTable<RunOptions> = {
  command: { type: 'string', description: 'command to run in the container' },
  network: { type: 'string', description: 'network of the container' },
  gpu: { type: 'boolean', description: 'run with access to the GPUs' },
  env: { type: 'list', description: 'NAME=value for the container, repeatable' },
  args: { type: 'string', description: "further docker run flags, instead of the section's args" },
  keep: { type: 'boolean', description: 'keep the container, and run it in the background' },
  interactive: {
    type: 'string',
    description: '-it, -i, -t, -d, or empty for none of them',
  },
  dryRun: { type: 'boolean', description: 'print the docker command and do nothing' },
};

/**
 * Runs an image as its section of run.cfg says; the container's exit status becomes the process's.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function run(context: TaskContext, name: string, options: RunOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    name: `run:${name}`,
    description: `Runs ${name} as run.cfg says`,
    flags: RUN_FLAGS,
    options,
    async work({ dryRun, ...choices }, { report, signal, takeSignals }) {
      const { carryOutRun, planRun } = await import('../lib/run/index.js');
      const { configuredProxies } = await import('../lib/engine/index.js');
      const { project, env } = context;
      const address = await engineAddress(context);
      const image = imageOf(context, name, { remote: address.remote, operation: 'run' });
      const { stdin, stdout, stderr } = process;
      const plan = (engine: Partial<EngineFacts>) =>
        planRun({
          project,
          image,
          options: choices,
          env,
          now: new Date(),
          stdinIsTTY: stdin.isTTY,
          stdoutIsTTY: stdout.isTTY,
          consoleSize: stdout.isTTY ? [stdout.rows, stdout.columns] : undefined,
          cliFlags: address.cliFlags,
          endpoint: address.url,
          proxies: configuredProxies(env, address.url),
          runtimes: engine.runtimes,
          apiVersion: engine.apiVersion,
        });
      if (dryRun) return report.command(plan({}).commandLine);
      await withMeans(context, address, { report, signal }, async (means) => {
        const streams = { stdin, stdout, stderr };
        const planned = plan(await means.engine.facts());
        signal.throwIfAborted();
        takeSignals();
        const { exitStatus } = await carryOutRun(planned, { ...means, streams });
        if (exitStatus !== 0)
          throw new UserError('CONTAINER_FAILED', failure(image.name, exitStatus), { exitStatus });
      });
    },
  });
}

/** What exit statuses mean by convention (POSIX shells, `docker run`, `--init`). */
const MEANINGS: Readonly<Record<number, string>> = {
  126: 'a command cannot be executed',
  127: 'a command is not there',
  137: 'killed, perhaps for want of memory',
};

function failure(name: string, exitStatus: number): string {
  const meaning = MEANINGS[exitStatus];
  return `${name} ended with exit status ${exitStatus}${meaning === undefined ? '' : ` (${meaning})`}.`;
}
