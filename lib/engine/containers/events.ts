import { object, text } from '../client/shape.js';
import type { Engine } from '../types.js';

const EVENT = object({ Action: text });

/**
 * What happens to a container from now on, as the engine words it: `start`, `health_status: healthy`, `die`. Resolves
 * once the engine listens, so that nothing that comes after is missed.
 *
 * @param signal ends it
 */
export async function containerEvents(
  engine: Engine,
  containerId: string,
  signal: AbortSignal,
): Promise<AsyncGenerator<{ Action: string }>> {
  const query = { filters: JSON.stringify({ container: [containerId] }) };
  return await engine.client.objects('GET', '/events', EVENT, { query, signal, mayBeSilent: true });
}
