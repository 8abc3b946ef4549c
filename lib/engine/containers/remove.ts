import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '../client/errors.js';
import { anything } from '../client/shape.js';
import { makerOf } from '../makers/index.js';
import type { Engine } from '../types.js';

/** Milliseconds that an engine may take to remove a container that has ended. */
const REMOVAL = 10_000;

/** Milliseconds between two of its attempts that fail. */
const PAUSE = 100;

/**
 * Ends and removes a container with its volumes; one that is gone already is no failure. Where the engine is at it by itself,
 * this waits until it has gone: a listing would still show it.
 */
export async function removeContainer(engine: Engine, containerId: string): Promise<void> {
  const query = { force: '1', v: '1' };
  const latest = performance.now() + REMOVAL;
  for (let pause = 0; ; pause = PAUSE) {
    try {
      return void (await engine.client.json('DELETE', `/containers/${containerId}`, anything, { query }));
    } catch (error) {
      if (isRefusal(error, 404)) return;
      const left = latest - performance.now();
      if (await isRemovableLater(engine, error)) {
        if (left <= 0) throw error;
        await sleep(PAUSE);
        continue;
      }
      if (!isRefusal(error, 409)) throw error;
      if (left <= 0) return;
      // Ends also where the engine's own removal has failed: that is tried again.
      await waitForContainer(engine, containerId, 'removed', left);
      await sleep(Math.min(pause, left));
    }
  }
}

/** Such as one in whose network another one of ours asks its port, which goes, too. */
async function isRemovableLater(engine: Engine, error: unknown): Promise<boolean> {
  return isRefusal(error) && makerOf(await engine.facts()).isRemovableLater(error);
}

/** Waits until a container has ended or is gone, at most so many milliseconds. */
export async function waitForContainer(
  engine: Engine,
  containerId: string,
  condition: 'not-running' | 'removed',
  most: number,
): Promise<void> {
  const options = { query: { condition }, signal: AbortSignal.timeout(Math.ceil(most)), mayBeSilent: true };
  const path = `/containers/${containerId}/wait`;
  await engine.client
    .begin('POST', path, anything, options)
    .then(({ answer }) => answer)
    .catch(() => undefined);
}
