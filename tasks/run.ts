import type { EngineFacts } from '../lib/engine/types.js';
import { checkImage, needOfShell } from '../lib/project/index.js';
import type { Report } from '../lib/report/types.js';
import type { Company } from '../lib/run/index.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, imageOf, type TaskContext, withMeans } from './context.js';
import { defineTask } from './define-task.js';
import {
  ACCEPT_NEW,
  DRY_RUN,
  ENGINE_HOST,
  type FlagTable,
  type OneOrMore,
  shown,
  TAG,
  type Variables,
} from './flags.js';
import { runSurroundings } from './plan-run.js';
import { type RunBeside, servicesOf, warnOfNoService } from './services-of.js';
import type { Task } from './task.js';

export interface RunOptions {
  /** Command, a shell's words, instead of the section's `cmd`. */
  command?: string;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Network, instead of the section's `network`. */
  network?: string;
  /** Access to the GPUs, for an image whose section has no `gpu`. */
  gpu?: boolean;
  /** Further variables: `NAME=value`, or `NAME` alone for the value it has here. Default: none. */
  env?: Variables;
  /** Volumes besides the section's: `/here:/there`. Default: none. */
  volume?: OneOrMore;
  /** Published ports besides the section's: `8080:80`. Default: none. */
  publish?: OneOrMore;
  /** Further `docker run` flags, a shell's words, instead of the section's `args`. */
  args?: string;
  /** No `--rm`, and in the background. */
  keep?: boolean;
  /** `-it`, `-i`, `-t`, `-d` or nothing, instead of the section's `interactive`. */
  interactive?: string;
  /** Show what the services that run beside it write, line by line. */
  logs?: boolean;
  /** The engine that runs it, instead of the one that the environment names. */
  host?: string;
  /** Trust a host whose key is not known yet, and remember it. */
  acceptNew?: boolean;
  /** Print the docker command, and do nothing. */
  dryRun?: boolean;
}

export const RUN_FLAGS: FlagTable<RunOptions> = {
  command: {
    type: 'string',
    short: 'c',
    alike: ['cmd'],
    value: 'CMD',
    description: 'command to run in the container',
  },
  tag: TAG,
  network: {
    type: 'string',
    short: 'n',
    alike: ['net'],
    value: 'NET',
    description: 'network of the container',
  },
  gpu: {
    type: 'boolean',
    short: 'g',
    spellings: ['use-gpu', 'use_gpu'],
    alike: ['gpus'],
    description: 'run with access to the GPUs',
  },
  env: {
    type: 'variables',
    short: 'e',
    alike: ['environment'],
    value: 'NAME=VALUE',
    description: 'variable for the container, repeatable',
  },
  volume: {
    type: 'list',
    short: 'v',
    alike: ['volumes'],
    value: 'HERE:THERE',
    description: "volume besides the section's, repeatable",
  },
  publish: {
    type: 'list',
    short: 'p',
    alike: ['ports', 'port'],
    value: 'HERE:THERE',
    description: "published port besides the section's, repeatable",
  },
  args: {
    type: 'string',
    short: 'a',
    value: 'FLAGS',
    description: "further docker run flags, instead of the section's args",
  },
  keep: { type: 'boolean', short: 'k', description: 'keep the container, and run it in the background' },
  interactive: {
    type: 'string',
    value: 'FLAGS',
    description: '-it, -i, -t, -d, or empty for none of them',
  },
  logs: { type: 'boolean', description: 'show what the services beside it write' },
  host: ENGINE_HOST,
  acceptNew: { ...ACCEPT_NEW, unlisted: true },
  dryRun: DRY_RUN,
};

/**
 * Runs an image as its section of run.cfg says; the container's exit status becomes the process's.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function run(context: TaskContext, name: string, options: RunOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'run',
    name: `run:${name}`,
    description: `Runs ${name} as run.cfg says`,
    flags: RUN_FLAGS,
    options,
    async work({ dryRun, tag, host, acceptNew, logs, ...choices }, { report, signal, ...ending }) {
      const { carryOutRun, linesOfRun, planRun } = await import('../lib/run/index.js');
      checkKeep(choices);
      warnOfShell(choices.command, report);
      const address = await engineAddress(context, { host });
      const image = imageOf(context, name, { remote: address.remote, tag, operation: 'run' });
      const request = await runSurroundings(context, address);
      const plan = (engine: Partial<EngineFacts>, company?: Company) =>
        planRun({ ...request(engine), image, options: choices, company, outputs: image.outputs });
      const beside = servicesOf(context, { image, network: choices.network, remote: address.remote });
      if (logs && !beside) warnOfNoService(name, report);
      const staysUp = plan({}).request.client.detach;
      if (dryRun) {
        const around = await beside?.render({ ...request({}), staysUp });
        around?.before.forEach((line) => report.command(line));
        linesOfRun(plan({}, around?.company)).forEach((line) => report.command(line));
        around?.behind.forEach((line) => report.command(line));
        return;
      }
      await withMeans(context, address, { report, signal, acceptNew }, async (means) => {
        const facts = await means.engine.facts();
        const runIt: RunBeside = async (company, place) => {
          const planned = place(plan(facts, company));
          signal.throwIfAborted();
          ending.takeSignals();
          return (await carryOutRun(planned, { ...means, streams: process })).exitStatus;
        };
        const exitStatus = beside
          ? await beside.carryOut({ ...request(facts), staysUp }, { ...means, logs, ...ending }, runIt)
          : await runIt(undefined, (planned) => planned);
        throwFailure(image.name, exitStatus);
      });
    },
  });
}

function checkKeep({ keep, interactive = '' }: Pick<RunOptions, 'keep' | 'interactive'>): void {
  if (!keep || !/[it]/.test(interactive)) return;
  throw new UserError(
    'BAD_OPTION',
    `--keep runs in the background, without what --interactive ${shown(interactive)} asks for: leave out one of them.`,
  );
}

/** A command is given to no shell. */
export function warnOfShell(command: string | undefined, report: Report): void {
  const need = command === undefined ? undefined : needOfShell(command, true);
  if (need !== undefined) report.warn(`--command ${need}`);
}

/** What exit statuses mean by convention (POSIX shells, `docker run`, `--init`). */
const MEANINGS: Readonly<Record<number, string>> = {
  126: 'a command cannot be executed',
  127: 'a command is not there',
  137: 'killed, perhaps for want of memory',
};

/** @throws {UserError} `CONTAINER_FAILED` for an exit status other than 0, which becomes the process's */
export function throwFailure(name: string, exitStatus: number): void {
  if (exitStatus === 0) return;
  const meaning = MEANINGS[exitStatus];
  const sentence = `${name} ended with exit status ${exitStatus}${meaning === undefined ? '' : ` (${meaning})`}.`;
  throw new UserError('CONTAINER_FAILED', sentence, { exitStatus });
}
