import { Readable } from 'node:stream';
import { isRefusal } from '../client/errors.js';
import { type EngineMessage, messageOf } from '../client/messages.js';
import { makerOf } from '../makers/index.js';
import type { Engine } from '../types.js';

/**
 * Sends an archive to POST /images/load. Rejects if the connection fails or the engine falls silent.
 *
 * @returns the error that the engine reports, if any; without one the image need not be there, so look
 */
export async function load(
  engine: Engine,
  archive: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const body = Readable.from(archive, { objectMode: false });
  const options = { query: { quiet: '0' }, body, signal };
  try {
    let failure: string | undefined;
    for await (const message of engine.client.messages('POST', '/images/load', options))
      failure ??= loadFailureIn(message);
    return failure;
  } catch (error) {
    const said = isRefusal(error) && makerOf(await engine.facts()).loadFailure(error);
    if (said) return said;
    throw error;
  } finally {
    body.destroy();
  }
}

/** What a message of POST /images/load tells of a failure: containerd's store does so in a line of its progress. */
function loadFailureIn({ error, stream = '' }: EngineMessage): string | undefined {
  return error ?? /^Error unpacking image .*/s.exec(stream)?.[0].trim();
}

/** The same of an answer's body as it stands on a connection: between its messages are lengths of chunks. */
export function loadFailureInBody(body: string): string | undefined {
  return body.split(/\r?\n/).map(failureInLine).find(Boolean);
}

function failureInLine(line: string): string | undefined {
  try {
    return loadFailureIn(messageOf(line));
  } catch {
    return undefined;
  }
}
