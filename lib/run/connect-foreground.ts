import type { Readable } from 'node:stream';
import { isRefusal } from '../engine/client/errors.js';
import type { Container } from '../engine/containers/container.js';
import type { Report } from '../report/types.js';
import { Foreground, type Served } from './foreground.js';
import type { RunStreams } from './means.js';
import type { RunPlan } from './plan.js';
import { parseDetachKeys } from './streams/detach-keys.js';

/** Seconds that a container gets to stop once its output can no longer be written. */
const STOP_TIMEOUT = 10;

export interface ForegroundOptions {
  streams: RunStreams;
  report: Report;
  detachKeys: string;
  /** Whether a connection to the engine can end in one direction: a named pipe of Windows cannot. */
  halfCloses: boolean;
}

/**
 * Connects a container that has not been started yet to the standard streams, so that none of its output is missed.
 * Either `finish` or `release` must be called.
 */
export async function connectForeground(
  container: Container,
  plan: RunPlan,
  options: ForegroundOptions,
): Promise<Foreground> {
  const { client } = plan.request;
  const keys = parseDetachKeys(options.detachKeys);
  const { detachKeys, halfCloses } = options;
  // Where its end would be that of the output, too, input has a connection of its own.
  const separate = client.attach.stdin && !client.tty && !halfCloses;
  const connection = await container.attach({
    ...client.attach,
    ...(separate && { stdin: false }),
    detachKeys,
  });
  let input = connection;
  const waiting = new AbortController();
  try {
    if (separate) input = await container.attach({ stdin: true, stdout: false, stderr: false });
    const { status } = await container.watchExit(client.rm ? 'removal' : 'next-exit', waiting.signal);
    const parts = { connection, input, status, waiting, detachKeys: keys };
    return new Foreground(servedBy(container, plan, status), parts, options);
  } catch (error) {
    connection.destroy();
    input.destroy();
    throw error;
  }
}

/**
 * Connects a container that runs already, whose connection was lost. Without a terminal its input has ended with that, and
 * what it has written since comes first.
 *
 * @param since seconds since 1970 by the engine's clock, of when its output was heard last
 */
export async function reconnectForeground(
  container: Container,
  plan: RunPlan,
  since: number,
  options: ForegroundOptions,
): Promise<Foreground> {
  const { client } = plan.request;
  const { detachKeys } = options;
  const waiting = new AbortController();
  const input = client.tty ? await container.attach({ ...client.attach, detachKeys }) : undefined;
  const connection = input ?? (await outputSince(container, since, waiting.signal));
  try {
    const { status } = await container.watchExit('not-running', waiting.signal);
    const parts = { connection, input, status, waiting, detachKeys: parseDetachKeys(detachKeys) };
    return new Foreground(servedBy(container, plan, status), parts, options);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** By its log; of one without, what comes from now on. */
async function outputSince(container: Container, since: number, signal: AbortSignal): Promise<Readable> {
  try {
    return await container.logs(signal, { since });
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await container.attach({ stdin: false, stdout: true, stderr: true });
  }
}

function servedBy(container: Container, { image, request }: RunPlan, status: Promise<number>): Served {
  const { name } = container;
  const { tty, attach } = request.client;
  return {
    title: image.name,
    tty,
    takesInput: attach.stdin,
    resize: (size) => container.resize(size),
    async stop() {
      await container.stop(STOP_TIMEOUT);
      await status.catch(() => undefined);
    },
    detached: `${name} runs on; come back with: docker attach ${name}`,
  };
}
