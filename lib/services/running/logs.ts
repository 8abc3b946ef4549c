import { isRefusal } from '../../engine/client/errors.js';
import { Container } from '../../engine/containers/container.js';
import type { Engine } from '../../engine/types.js';
import type { RunStreams } from '../../run/index.js';
import { copyOutput, OutputClosed } from '../../run/streams/output.js';
import { UserError } from '../../text/user-error.js';
import type { FoundContainer } from './found.js';

export interface LogsChoice {
  /** Goes on with what is written from now on, until the container ends. */
  follow: boolean;
  /** How many of the last lines; all of them unless given. */
  tail?: string;
}

/**
 * Shows what a container has written, each of its two streams on ours.
 *
 * @throws {UserError} `NO_LOGS` where its log driver lets nobody read
 */
export async function showLogs(
  { id, name, inspected }: FoundContainer,
  { follow, tail }: LogsChoice,
  { engine, signal, streams }: { engine: Engine; signal: AbortSignal; streams: RunStreams },
): Promise<void> {
  try {
    const stream = await new Container(engine, id).logs(signal, { follow, tail });
    await copyOutput(stream, streams, !inspected.Config.Tty);
  } catch (error) {
    // Whoever reads had enough, as `head` has.
    if (error instanceof OutputClosed && (!error.cause || error.cause.code === 'EPIPE')) return;
    if (!isRefusal(error)) throw error;
    throw new UserError('NO_LOGS', `What ${name} has written cannot be read: ${error.sentence}.`, {
      cause: error,
    });
  }
}
