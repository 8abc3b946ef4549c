import type { Means } from '../lib/engine/means.js';
import type { EngineFacts } from '../lib/engine/types.js';
import { readIgnoreRules } from '../lib/ignore/ignore-file.js';
import type { SessionMark, SessionSpec, SyncPlan } from '../lib/live/index.js';
import { checkImage, type Image } from '../lib/project/index.js';
import type { Report } from '../lib/report/types.js';
import type { Company, RunPlan } from '../lib/run/index.js';
import { UserError } from '../lib/text/user-error.js';
import { engineAddress, imageOf, type TaskContext, withMeans } from './context.js';
import { defineTask } from './define-task.js';
import type { FlagTable } from './flags.js';
import type { Interruptible } from './interrupt.js';
import { roundsOf } from './live-rounds.js';
import { runSurroundings } from './plan-run.js';
import { RUN_FLAGS, type RunOptions, throwFailure, warnOfShell } from './run.js';
import { type RunBeside, servicesOf, warnOfNoService } from './services-of.js';
import type { Task } from './task.js';

export interface LiveOptions extends Omit<RunOptions, 'keep'> {
  /** Sync where binds would do, too: on an engine of this machine whose mounts are slow. */
  sync?: boolean;
}

const { keep: _keep, ...RUNNING } = RUN_FLAGS;

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
    async work({ dryRun, tag, host, acceptNew, sync, logs, ...choices }, { report, signal, ...ending }) {
      const { linesOfRun, planRun } = await import('../lib/run/index.js');
      const { beginSession, patternsOf, pathBelow, placeOfBind, planSync, nothingComesBack } =
        await import('../lib/live/index.js');
      warnOfShell(choices.command, report);
      const address = await engineAddress(context, { host });
      const follows = sync || address.remote;
      const image = imageOf(context, name, { remote: address.remote, tag, operation: 'live' });
      const { root } = context.project;
      const ignored = [...readIgnoreRules(root, image.dockerfile).patterns, ...patternsOf(image.liveIgnore)];
      const back = patternsOf(image.liveBack);
      const mark = beginSession(dryRun ? undefined : `${root} ${name}`);
      const place = { root, prefix: mark.prefix };
      const request = await runSurroundings(context, address);
      const sources = new Set<string>();
      const plan = (engine: Partial<EngineFacts>, company?: Company, label?: string) =>
        planRun({
          ...request(engine),
          image: label === undefined ? image : labelled(image, label),
          options: choices,
          outputs: image.outputs,
          company,
          placeOfBind: (bind) => {
            sources.add(bind.source);
            return follows ? placeOfBind(bind, place) : undefined;
          },
        });
      const syncOf = ({ replaced, request: { body } }: RunPlan) => planSync(replaced, body, place);
      const first = plan({});
      const rounds = await roundsOf(context, image, {
        ...{ address, report, signal, tag, ignored, back },
        mounted: [...sources].flatMap((source) => pathBelow(root, source) ?? []),
      });
      const hasRounds = rounds.restart.length > 0 || rounds.rebuild.length > 0;
      const label = follows || hasRounds ? mark.label : undefined;
      const beside = servicesOf(context, { image, network: choices.network, remote: address.remote });
      if (logs && !beside) warnOfNoService(name, report);
      if (dryRun) {
        const around = await beside?.render(request({}));
        const planned = plan({}, around?.company, label);
        const lines = [...linesOfRun(planned), ...(follows ? commentsOf(syncOf(planned), image) : [])];
        return linesAround(lines, around).forEach((line) => report.command(line));
      }
      refuseBackground(name, first);
      await withMeans(context, address, { report, signal, acceptNew }, async (means) => {
        const facts = await means.engine.facts();
        const liveIt: RunBeside = async (company, onNetworks) => {
          const planned = onNetworks(plan(facts, company, label));
          const synced = follows ? syncOf(planned) : NOTHING_SYNCED;
          const isBackIdle = nothingComesBack(synced.trees, { root, back });
          if (follows) warnOfNothing(name, { ...synced, isBackIdle }, report);
          signal.throwIfAborted();
          const spec = { ...specOf(planned), root, patterns: ignored, back, rounds };
          const needsSession = synced.trees.length > 0 || hasRounds;
          return await runLive(planned, needsSession ? { synced, spec, mark } : undefined, means, ending);
        };
        const exitStatus = beside
          ? await beside.carryOut(request(facts), { ...means, logs, ...ending }, liveIt)
          : await liveIt(undefined, (planned) => planned);
        throwFailure(name, exitStatus);
      });
    },
  });
}

function linesAround(
  lines: readonly string[],
  { before, behind }: { before: readonly string[]; behind: readonly string[] } = { before: [], behind: [] },
): string[] {
  return [...before, ...lines, ...behind];
}

function commentsOf({ comments }: SyncPlan, { liveBack }: Image): string[] {
  const back = liveBack.map(({ text }) => text).join(', ');
  return back === '' ? [...comments] : [...comments, `# what the container writes to ${back} comes here`];
}

function warnOfNothing(
  name: string,
  { trees, isBackIdle }: SyncPlan & { isBackIdle: boolean },
  report: Report,
): void {
  if (trees.length === 0)
    report.warn(`${name} mounts nothing of the project, so that nothing in it follows what is edited here.`);
  else if (isBackIdle)
    report.warn(
      `live_back of ${name} names nothing in the folders that "volumes" mounts, so that nothing comes back: name files in these, or mount their folder.`,
    );
}

/** What is kept beside a run. */
interface Beside {
  synced: SyncPlan;
  spec: SessionSpec;
  mark: SessionMark;
}

/** @returns the exit status */
async function runLive(
  plan: RunPlan,
  beside: Beside | undefined,
  means: Means,
  { takeSignals }: Pick<Interruptible, 'takeSignals'>,
): Promise<number> {
  const { carryOutRun } = await import('../lib/run/index.js');
  const { LiveSession } = await import('../lib/live/index.js');
  const { signal } = means;
  if (!beside) {
    takeSignals();
    return (await carryOutRun(plan, { ...means, streams: process })).exitStatus;
  }
  const session = await LiveSession.open(beside.synced, beside.spec, beside.mark, means);
  let exitStatus: number;
  try {
    signal.throwIfAborted();
    takeSignals();
    ({ exitStatus } = await carryOutRun(lasting(plan), {
      ...means,
      signal: AbortSignal.any([signal, session.failed]),
      streams: process,
      prepare: (container, ended) => session.prepare(container, ended),
      onLoss: session.lost,
      next: (status, ended) => session.next(status, ended),
    }));
    session.failed.throwIfAborted();
  } catch (error) {
    await session.end().catch(() => undefined);
    throw error;
  }
  await session.end();
  return exitStatus;
}

const NOTHING_SYNCED: SyncPlan = { volumes: [], trees: [], comments: [] };

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

function specOf({ request: { body, query, client } }: RunPlan) {
  return {
    platform: query.platform,
    usernsMode: body.HostConfig.UsernsMode,
    quiet: client.tty,
  };
}

/** @throws {UserError} `BAD_OPTION` */
function refuseBackground(name: string, { request: { client } }: RunPlan): void {
  if (!client.detach) return;
  throw new UserError(
    'BAD_OPTION',
    `live:${name} follows what is edited as long as it runs, so it cannot run in the background: leave out -d of "interactive" or "args", or use run:${name}.`,
  );
}
