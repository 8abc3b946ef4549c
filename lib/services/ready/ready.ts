import { setTimeout as sleep } from 'node:timers/promises';
import { inspectContainer, type InspectedContainer } from '../../engine/containers/inspect.js';
import type { Engine } from '../../engine/types.js';
import { type Readiness, readinessText } from '../../project/index.js';
import { errorOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { noHealthCheck, serviceEnded, serviceNotReady, serviceUnhealthy } from '../failures.js';
import type { Output } from '../output.js';
import type { AwaitedService } from '../types.js';
import { watchHealth } from './health.js';
import { probe } from './probe-container.js';
import type { Removals } from './removals.js';

/** A service whose container is there. */
export interface Waited {
  engine: Engine;
  group: string;
  service: AwaitedService;
  containerId: string;
  /** As it was when it was created. */
  inspected: InspectedContainer;
  output: Output;
  /** Its exit status. */
  ended: Promise<number>;
  signal: AbortSignal;
  removals: Removals;
}

/**
 * Starts a service and waits until it is ready.
 *
 * @param start starts it, where it does not run yet
 * @returns what made it ready, as run.cfg has it
 * @throws {UserError} `SERVICE_ENDED`, `SERVICE_NOT_READY`, `SERVICE_UNHEALTHY`, `NO_HEALTH_CHECK`, `NOT_PROBED`, and what
 *   the start fails with
 */
export async function startAndWait(waited: Waited, start: () => Promise<void>): Promise<string> {
  const { service, ended, output } = waited;
  const over = new AbortController();
  const signal = AbortSignal.any([waited.signal, over.signal]);
  const { what, listen, ready } = waiterOf({ ...waited, signal });
  try {
    await listen?.();
    await start();
    const isReady = ready();
    isReady.catch(() => undefined);
    const late = sleep(service.readyTimeout, undefined, { signal, ref: false }).then(() => {
      throw serviceNotReady(service, readinessText(what), output.last);
    });
    late.catch(() => undefined);
    const end =
      what.kind === 'exit'
        ? new Promise<never>(() => undefined)
        : ended.then((status) => failWith(waited, status));
    end.catch(() => undefined);
    await Promise.race([isReady, late, end, aborted(waited.signal)]);
    return readinessText(what);
  } finally {
    over.abort();
  }
}

interface Waiter {
  what: Readiness;
  /** What has to be under way before the start. */
  listen?: () => Promise<void>;
  ready: () => Promise<void>;
}

function waiterOf(waited: Waited): Waiter {
  const { service, inspected } = waited;
  const test = inspected.Config.Healthcheck?.Test ?? [];
  const isChecked = test.length > 0 && test[0] !== 'NONE';
  const ready = service.ready ?? { kind: isChecked ? 'healthy' : 'running' };
  switch (ready.kind) {
    case 'running':
      return { what: ready, ready: () => Promise.resolve() };
    case 'healthy':
      if (!isChecked) throw noHealthCheck(service);
      return health(waited);
    case 'log':
      return log(waited, ready);
    case 'exit':
      return {
        what: ready,
        ready: async () => {
          const status = await waited.ended;
          if (status !== ready.status) await failWith(waited, status);
        },
      };
    default:
      return { what: ready, ready: () => reach(waited, ready) };
  }
}

function health(waited: Waited): Waiter {
  const { service, output } = waited;
  let watching: Awaited<ReturnType<typeof watchHealth>> | undefined;
  return {
    what: { kind: 'healthy' },
    listen: async () => void (watching = await watchHealth(waited)),
    ready: async () => {
      if ((await watching?.()) === 'unhealthy') throw serviceUnhealthy(service, output.last);
    },
  };
}

function log({ output }: Waited, what: Extract<Readiness, { kind: 'log' }>): Waiter {
  const { text, times } = what;
  let left = times;
  const seen = new Promise<void>((resolve) => {
    const forget = output.listen((line) => {
      if (!line.includes(text) || --left > 0) return;
      forget();
      resolve();
    });
  });
  return { what, ready: () => seen };
}

async function reach(waited: Waited, ready: Extract<Readiness, { port: number }>): Promise<void> {
  const { engine, containerId, group, service, signal, removals } = waited;
  const { NetworkSettings, Image } = await inspectContainer(engine, containerId);
  const networks = Object.values(NetworkSettings.Networks ?? {});
  const address = networks.map(({ IPAddress }) => IPAddress).find(Boolean);
  // It has no address any more when it has ended, which is told by who waits for that.
  if (address === undefined || address === '') return await new Promise<never>(() => undefined);
  await probe(engine, { containerId, image: Image, address, group, removals }, ready, signal).catch(
    async (error: unknown) => {
      // Where the service goes, so does what the probe has of it.
      await Promise.race([waited.ended, sleep(GOING, undefined, { ref: false })]);
      throw error instanceof UserError
        ? error
        : new UserError('NOT_PROBED', `${service.name} was not reached: ${String(error)}`);
    },
  );
}

/** Milliseconds that an engine may take to tell that a container has ended. */
const GOING = 2_000;

/** Fails, when what it has written last has come. */
async function failWith({ service, output }: Waited, status: number): Promise<never> {
  await Promise.race([output.ended, sleep(GOING, undefined, { ref: false })]);
  throw serviceEnded(service, status, output.last);
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const onAbort = () => reject(errorOf(signal.reason));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
  });
}
