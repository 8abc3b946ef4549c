import { isRefusal } from '../client/errors.js';
import { anything } from '../client/shape.js';
import type { Engine } from '../types.js';

/** Milliseconds that an engine may take to remove a container that has ended. */
const REMOVAL = 10_000;

/** Ends and removes a container with its volumes; one that is gone already is no failure. */
export async function removeContainer(engine: Engine, containerId: string): Promise<void> {
  const query = { force: '1', v: '1' };
  try {
    await engine.client.json('DELETE', `/containers/${containerId}`, anything, { query });
  } catch (error) {
    if (isRefusal(error, 404)) return;
    if (!isRefusal(error, 409)) throw error;
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
  const path = `/containers/${containerId}/wait`;
  await engine.client
    .begin('POST', path, anything, options)
    .then(({ answer }) => answer)
    .catch(() => undefined);
}
