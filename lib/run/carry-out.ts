import type { Container } from '../engine/containers/container.js';
import { UserError } from '../text/user-error.js';
import { aboutBackground } from './background.js';
import { connectForeground, type ForegroundOptions } from './connect-foreground.js';
import { ContainerIdFile } from './container-id-file.js';
import { createContainer } from './create.js';
import { explainRefusal, lostEngine } from './engine-errors.js';
import type { Foreground } from './foreground.js';
import type { RunMeans, RunStreams } from './means.js';
import { takeOutputs } from './outputs/take.js';
import type { RunPlan } from './plan.js';
import { isLoss, serve } from './serve.js';
import { Interruption } from './signals/interruption.js';
import { configuredDetachKeys } from './streams/detach-keys.js';
import { claimInput } from './streams/input.js';

export interface RunResult {
  /** The container's, or 0 where it was left running. */
  exitStatus: number;
}

/**
 * Runs a container as `docker run` does: connected to the standard streams until it ends, its exit status passed on;
 * or in the background, its ID printed on standard output, and told how to see its output and to end it.
 *
 * A signal that this process gets goes to the container, and the abortion of the means' signal stops it. Before the container is started either means that nothing is
 * started, and nothing is left.
 *
 * @throws {UserError} `RUN_REFUSED` and its like for what the engine refuses, `ENGINE_LOST`, and `INTERRUPTED` before
 *   the start
 */
export async function carryOutRun(plan: RunPlan, means: RunMeans): Promise<RunResult> {
  if (!wantsInput(plan)) return await run(plan, means);
  const release = claimInput();
  if (release) return await run(plan, means).finally(release);
  if (!plan.withoutInput) {
    throw new UserError(
      'INPUT_TAKEN',
      `${plan.image.name} wants standard input, which another container has; ` +
        'run it alone, or say interactive= (nothing) in its section.',
    );
  }
  return await run(plan.withoutInput(), means);
}

async function run(plan: RunPlan, means: RunMeans): Promise<RunResult> {
  const { engine, report, streams } = means;
  const interruption = new Interruption(means.signal);
  try {
    report.command(plan.commandLine);
    checkTerminal(plan, streams);
    const { cidfile } = plan.request.client;
    const idFile = cidfile === undefined ? undefined : ContainerIdFile.reserve(cidfile);
    let container = await create(plan, interruption, means).catch((error: unknown) => {
      idFile?.discard();
      throw error;
    });
    idFile?.write(container.id);
    await prepare(container, plan, interruption, means);

    const options = foregroundOptions(plan.request, means);
    for (;;) {
      const foreground = await start(container, plan, interruption, options);
      if (!foreground) break;
      const served = { container, plan, interruption, options };
      const { exitStatus, hasEnded } = await serve(foreground, served, means);
      const next = hasEnded ? await whatNext(exitStatus, interruption, means) : undefined;
      if (!next) {
        interruption.release();
        if (plan.outputs.length > 0) await takeOutputs(container, plan, { ...means, hasEnded });
        return { exitStatus };
      }
      interruption.startOver();
      if (next === 'again') continue;
      await container.remove();
      container = await create(plan, interruption, means);
      await prepare(container, plan, interruption, means);
    }
    streams.stdout.write(`${container.id}\n`);
    for (const line of await aboutBackground(container, plan, engine)) report.info(line);
    return { exitStatus: 0 };
  } catch (error) {
    throw isLoss(error) ? lostEngine(engine.address, plan, error) : error;
  } finally {
    interruption.release();
  }
}

async function create(plan: RunPlan, interruption: Interruption, means: RunMeans): Promise<Container> {
  const { signal } = interruption;
  try {
    return await createContainer(plan, { ...means, signal });
  } catch (error) {
    throw signal.aborted ? interruption.error(plan) : error;
  }
}

async function whatNext(
  exitStatus: number,
  interruption: Interruption,
  { next }: RunMeans,
): Promise<'again' | 'replaced' | undefined> {
  if (!next || interruption.wantsEnd) return undefined;
  const said = await interruption.pause((signal) => next(exitStatus, signal));
  return said === 'ended' ? undefined : said;
}

async function prepare(
  container: Container,
  plan: RunPlan,
  interruption: Interruption,
  means: RunMeans,
): Promise<void> {
  const { signal } = interruption;
  try {
    await means.prepare?.(container, signal);
  } catch (error) {
    await container.remove();
    throw signal.aborted ? interruption.error(plan) : error;
  }
}

/** Connects and starts a container; one that does not start is removed. */
async function start(
  container: Container,
  plan: RunPlan,
  interruption: Interruption,
  options: ForegroundOptions,
): Promise<Foreground | undefined> {
  const { client } = plan.request;
  let foreground: Foreground | undefined;
  try {
    if (!client.detach) foreground = await connectForeground(container, plan, options);
    if (interruption.signal.aborted) throw interruption.error(plan);
    await container.start();
  } catch (error) {
    foreground?.release();
    await container.remove();
    throw explainRefusal(error, plan);
  }
  await interruption.passOnTo(container, client);
  return foreground;
}

function wantsInput({ request: { client } }: RunPlan): boolean {
  return !client.detach && client.attach.stdin;
}

function checkTerminal(plan: RunPlan, { stdin }: RunStreams): void {
  if (!plan.request.client.tty || !wantsInput(plan) || stdin.isTTY) return;
  throw new UserError(
    'NO_TERMINAL',
    `${plan.image.name} is to have a terminal (-t), but standard input is none; ` +
      'leave out its "interactive", which then follows what standard input is, or say interactive=-i.',
  );
}

function foregroundOptions({ client }: RunPlan['request'], means: RunMeans): ForegroundOptions {
  const { engine, streams, report, env } = means;
  const halfCloses = engine.address.target.kind !== 'npipe';
  return { streams, report, detachKeys: client.detachKeys ?? configuredDetachKeys(env), halfCloses };
}
