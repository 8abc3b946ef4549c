import { callEngine, statusOf } from './call.js';
import type { Engine } from './types.js';

/** Milliseconds that an engine may take to remove a container that has ended. */
const REMOVAL = 10_000;

/** Ends and removes a container with its volumes; one that is gone already is no failure. */
export async function removeContainer(engine: Engine, containerId: string): Promise<void> {
  try {
    await callEngine(engine, 'DELETE', `/containers/${containerId}`, { query: { force: '1', v: '1' } });
  } catch (error) {
    if (statusOf(error) === 404) return;
    if (statusOf(error) !== 409) throw error;
    await waitForContainer(engine, containerId, 'removed', REMOVAL);
  }
}

/** Waits until a container has ended or is gone, at most so many milliseconds. */
export async function waitForContainer(
  engine: Engine,
  containerId: string,
  condition: 'not-running' | 'removed',
  most: number,
): Promise<void> {
  const options = { query: { condition }, signal: AbortSignal.timeout(most) };
  await callEngine(engine, 'POST', `/containers/${containerId}/wait`, options).catch(() => undefined);
}
