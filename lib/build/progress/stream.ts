import { StringDecoder } from 'node:string_decoder';
import type { Readable } from 'node:stream';
import { UserError } from '../../text/user-error.js';

/** One object of the stream that POST /build answers with. */
export interface BuildMessage {
  /** What `aux` holds: `moby.buildkit.trace`, `moby.image.id`; the classic builder leaves it out. */
  id?: string;
  aux?: unknown;
  /** Output of the classic builder. */
  stream?: string;
  status?: string;
  progress?: string;
  error?: string;
  errorDetail?: { message?: string };
}

/**
 * The messages of a build as they come: one JSON object a line, in UTF-8 that chunks may cut anywhere.
 * @throws UserError `ENGINE_LOST` where the connection breaks
 */
export async function* buildMessages(body: Readable): AsyncGenerator<BuildMessage> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  try {
    for await (const chunk of body) {
      const lines = (rest + decoder.write(chunk as Buffer)).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (line.trim() !== '') yield JSON.parse(line) as BuildMessage;
    }
    if (rest.trim() !== '') yield JSON.parse(rest) as BuildMessage;
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw engineLost(error);
  }
}

export function engineLost(cause?: unknown): UserError {
  return new UserError(
    'ENGINE_LOST',
    'The connection to the engine broke in the middle of the build: see whether the engine still runs, and build again.',
    { cause },
  );
}
