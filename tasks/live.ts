import type { EngineFacts } from '../lib/engine/types.js';
import { readIgnoreRules } from '../lib/ignore/ignore-file.js';
import type { Pattern } from '../lib/ignore/pattern.js';
import { checkImage, type Image } from '../lib/project/index.js';
import type { RunPlan } from '../lib/run/index.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, imageOf, type TaskContext, withMeans } from './context.js';
import { defineTask } from './define-task.js';
import type { FlagTable } from './flags.js';
import { runSurroundings } from './plan-run.js';
import { RUN_FLAGS, type RunOptions, throwFailure, warnOfShell } from './run.js';
import type { Task } from './task.js';

export interface LiveOptions extends Omit<RunOptions, 'keep' | 'logs'> {
  /** Sync where binds would do, too: on an engine of this machine whose mounts are slow. */
  sync?: boolean;
}

const { keep: _keep, logs: _logs, ...RUNNING } = RUN_FLAGS;

export const LIVE_FLAGS: FlagTable<LiveOptions> = {
  ...RUNNING,
  sync: { type: 'boolean', description: 'sync instead of mounting, on an engine of this machine too' },
};

/**
 * Runs an image as `run` does, while what the container sees of the project follows what is edited here: by mounts on an
 * engine of this machine, and synced to any other.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`
 */
export function live(context: TaskContext, name: string, options: LiveOptions = {}): Task {
  checkImage(context.project, name);
  return defineTask(context, {
    kind: 'live',
    name: `live:${name}`,
    description: `Runs ${name}, and keeps it as the project is edited`,
    flags: LIVE_FLAGS,
    options,
    async work({ dryRun, tag, host, acceptNew, sync, ...choices }, { report, signal, takeSignals }) {
      const { carryOutRun, linesOfRun, planRun } = await import('../lib/run/index.js');
      const { beginSession, LiveSession, patternsOf, placeOfBind, planSync } =
        await import('../lib/live/index.js');
      warnOfShell(choices.command, report);
      const address = await engineAddress(context, { host });
      const follows = sync || address.remote;
      const image = imageOf(context, name, { remote: address.remote, tag, operation: 'live' });
      refuseServices(image);
      const { root } = context.project;
      const mark = beginSession(dryRun ? undefined : `${root} ${name}`);
      const place = { root, prefix: mark.prefix };
      const request = await runSurroundings(context, address);
      const plan = (engine: Partial<EngineFacts>) =>
        planRun({
          ...request(engine),
          image: follows ? labelled(image, mark.label) : image,
          options: choices,
          outputs: image.outputs,
          ...(follows && { placeOfBind: (bind) => placeOfBind(bind, place) }),
        });
      const syncOf = ({ replaced, request: { body } }: RunPlan) => planSync(replaced, body, place);
      if (dryRun) {
        const planned = plan({});
        const comments = follows ? syncOf(planned).comments : [];
        return [...linesOfRun(planned), ...comments].forEach((line) => report.command(line));
      }
      await withMeans(context, address, { report, signal, acceptNew }, async (means) => {
        const planned = plan(await means.engine.facts());
        refuseBackground(name, planned);
        const synced = follows ? syncOf(planned) : undefined;
        if (synced?.trees.length === 0)
          report.warn(
            `${name} mounts nothing of the project, so that nothing in it follows what is edited here.`,
          );
        signal.throwIfAborted();
        if (!synced || synced.trees.length === 0) {
          takeSignals();
          const { exitStatus } = await carryOutRun(planned, { ...means, streams: process });
          return throwFailure(name, exitStatus);
        }
        const session = await LiveSession.open(
          synced,
          specOf(planned, root, patternsOf(image.liveIgnore)),
          mark,
          means,
        );
        let exitStatus: number;
        try {
          signal.throwIfAborted();
          takeSignals();
          ({ exitStatus } = await carryOutRun(lasting(planned), {
            ...means,
            signal: AbortSignal.any([signal, session.failed]),
            streams: process,
            prepare: (container, ended) => session.prepare(container, ended),
            onLoss: session.lost,
          }));
          session.failed.throwIfAborted();
        } catch (error) {
          await session.end().catch(() => undefined);
          throw error;
        }
        await session.end();
        throwFailure(name, exitStatus);
      });
    },
  });
}

/** A run whose container the session takes away, which knows how it has ended even where the connection was lost meanwhile. */
function lasting(plan: RunPlan): RunPlan {
  const { body, client } = plan.request;
  const { withoutInput } = plan;
  const HostConfig = { ...body.HostConfig, AutoRemove: false };
  return {
    ...plan,
    request: { ...plan.request, body: { ...body, HostConfig }, client: { ...client, rm: false } },
    ...(withoutInput && { withoutInput: () => lasting(withoutInput()) }),
  };
}

/** The image with a label for the containers that run it. */
function labelled(image: Image, label: string): Image {
  return { ...image, volumes: [...image.volumes, { text: '--label' }, { text: label }] };
}

function specOf(
  { image, request: { body, query, client } }: RunPlan,
  root: string,
  ignored: readonly Pattern[],
) {
  const { patterns } = readIgnoreRules(root, image.dockerfile);
  return {
    root,
    patterns: [...patterns, ...ignored],
    platform: query.platform,
    usernsMode: body.HostConfig.UsernsMode,
    quiet: client.tty,
  };
}

/** @throws {UserError} `LIVE_ALONE` */
function refuseServices({ name, service: { dependsOn } }: Image): void {
  if (dependsOn.length === 0) return;
  throw new UserError(
    'LIVE_ALONE',
    `live:${name} does not start what ${name} depends on: use run:${name}, or have a section without depends_on for live.`,
  );
}

/** @throws {UserError} `BAD_OPTION` */
function refuseBackground(name: string, { request: { client } }: RunPlan): void {
  if (!client.detach) return;
  throw new UserError(
    'BAD_OPTION',
    `live:${name} follows what is edited as long as it runs, so it cannot run in the background: leave out -d of "interactive" or "args", or use run:${name}.`,
  );
}
