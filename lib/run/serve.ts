import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal, isUnreachable } from '../engine/client/errors.js';
import { object, text } from '../engine/client/shape.js';
import type { Container } from '../engine/containers/container.js';
import { inspectContainer } from '../engine/containers/inspect.js';
import type { Engine } from '../engine/types.js';
import { unlessAborted } from '../system/unless-aborted.js';
import { UserError } from '../text/user-error.js';
import { type ForegroundOptions, reconnectForeground } from './connect-foreground.js';
import type { Foreground } from './foreground.js';
import type { RunMeans } from './means.js';
import type { RunPlan } from './plan.js';
import type { Interruption } from './signals/interruption.js';

/** Milliseconds between two tries to reach an engine again. */
const PAUSE = 500;

interface Served {
  container: Container;
  plan: RunPlan;
  interruption: Interruption;
  options: ForegroundOptions;
}

/**
 * Serves a container that has been started until it ends. Where the connection is lost it waits for the engine and goes on,
 * if `onLoss` says so.
 *
 * @returns the exit status, and whether it has ended: its detach keys may have left it running
 */
export async function serve(
  first: Foreground,
  { container, plan, interruption, options }: Served,
  { engine, onLoss }: Pick<RunMeans, 'engine' | 'onLoss'>,
): Promise<{ exitStatus: number; hasEnded: boolean }> {
  for (let foreground = first; ;) {
    try {
      const exitStatus = await foreground.finish();
      return { exitStatus, hasEnded: foreground.hasEnded };
    } catch (error) {
      if (!onLoss || !isLoss(error)) throw error;
      onLoss();
    }
    const { heardAt } = foreground;
    const back = await interruption.pause(async (signal) => {
      for (;;) {
        const found = await whenBack(engine, container, signal);
        if ('exitStatus' in found) return found.exitStatus;
        try {
          return await reconnectForeground(container, plan, heardAt / 1000 + found.offset, options);
        } catch (error) {
          if (!mayReturn(error)) throw error;
        }
      }
    });
    if (back === 'ended') throw interruption.errorOfLost(plan, container.name);
    if (typeof back === 'number') return { exitStatus: back, hasEnded: true };
    foreground = back;
  }
}

const CLOCK = object({ SystemTime: text });

/**
 * Waits until an engine answers again.
 *
 * @returns how a container has ended meanwhile, or by how many seconds the engine's clock is ahead of this machine's
 */
async function whenBack(
  engine: Engine,
  container: Container,
  signal: AbortSignal,
): Promise<{ exitStatus: number } | { offset: number }> {
  for (;;) {
    try {
      const { State } = await unlessAborted(inspectContainer(engine, container.id), signal);
      if (!['running', 'paused'].includes(State.Status)) return { exitStatus: State.ExitCode };
      const { SystemTime } = await unlessAborted(engine.client.json('GET', '/info', CLOCK), signal);
      return { offset: (Date.parse(SystemTime) - Date.now()) / 1000 || 0 };
    } catch (error) {
      if (isRefusal(error, 404)) throw gone(container, error);
      if (signal.aborted || !mayReturn(error)) throw error;
    }
    await sleep(PAUSE, undefined, { signal });
  }
}

/** Whether the engine may answer at another try. */
function mayReturn(error: unknown): boolean {
  return isUnreachable(error) || isLoss(error);
}

/** Which of them it is depends on who notices first. */
const LOST: ReadonlySet<string> = new Set(['ENGINE_LOST', 'SSH_LOST']);

/**
 * Whether an error means that the connection to the engine was lost. On an attached connection, such errors come
 * from the socket, with codes such as `ECONNRESET`.
 */
export function isLoss(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return error instanceof UserError ? LOST.has(error.code) : typeof error.code === 'string';
}

function gone({ name }: Container, cause: unknown): UserError {
  const sentence = `The container ${name} was taken away while its engine could not be reached.`;
  return new UserError('CONTAINER_GONE', sentence, { cause, exitStatus: 125 });
}
