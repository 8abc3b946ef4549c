import { setTimeout as sleep } from 'node:timers/promises';
import { isRefusal } from '../../engine/client/errors.js';
import { anything } from '../../engine/client/shape.js';
import { containerEvents } from '../../engine/containers/events.js';
import { inspectContainer, type InspectedContainer } from '../../engine/containers/inspect.js';
import { makerOf } from '../../engine/makers/index.js';
import type { Engine } from '../../engine/types.js';

/** A container with a health check. */
export interface Checked {
  engine: Engine;
  containerId: string;
  /** As it was when it was created. */
  inspected: InspectedContainer;
  signal: AbortSignal;
}

/**
 * Waits for what the health check of a container says in the end.
 *
 * @returns once the engine listens, so that the start may come after it
 */
export async function watchHealth(checked: Checked): Promise<() => Promise<'healthy' | 'unhealthy'>> {
  const { engine, containerId, signal } = checked;
  const check = makerOf(await engine.facts()).healthCheck(containerId);
  if (check !== undefined) return () => checkHealth(checked, check);
  const events = await containerEvents(engine, containerId, signal);
  return async () => {
    // The engine tells when the health changes; what it was before is asked for once.
    const { Health } = (await inspectContainer(engine, containerId)).State;
    const known = settled(Health?.Status);
    if (known) return known;
    for await (const { Action } of events) {
      const told = settled(/^health_status: (.*)$/.exec(Action)?.[1]);
      if (told) return told;
    }
    return await new Promise<never>(() => undefined);
  };
}

/** Milliseconds between two checks where nothing else is said, as docker has it, and between two looks at most. */
const INTERVAL = 30_000;
const LOOK = 500;

/** Runs the check itself, where the engine has not done it in time. @param check where it is run */
async function checkHealth(
  { engine, containerId, inspected, signal }: Checked,
  check: string,
): Promise<'healthy' | 'unhealthy'> {
  const interval = (inspected.Config.Healthcheck?.Interval ?? 0) / 1e6 || INTERVAL;
  let checkedAt = performance.now();
  let last: string | undefined;
  for (;;) {
    await sleep(Math.min(interval, LOOK), undefined, { signal, ref: false });
    const { Health } = (await inspectContainer(engine, containerId)).State;
    const known = settled(Health?.Status);
    if (known) return known;
    const newest = Health?.Log?.at(-1)?.End;
    if (newest !== last) checkedAt = performance.now();
    last = newest;
    if (performance.now() - checkedAt >= interval) await runCheck(engine, check, signal);
  }
}

/** What comes of it, counted as the check says, is found by looking at the container. */
async function runCheck({ client }: Engine, check: string, signal: AbortSignal): Promise<void> {
  try {
    await client.json('GET', check, anything, { signal });
  } catch (error) {
    // One that has ended is told by who waits for its end.
    if (!isRefusal(error)) throw error;
  }
}

function settled(status: string | undefined): 'healthy' | 'unhealthy' | undefined {
  return status === 'healthy' || status === 'unhealthy' ? status : undefined;
}
