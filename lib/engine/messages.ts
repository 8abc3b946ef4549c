import { StringDecoder } from 'node:string_decoder';

/** One JSON object of the stream that the engine answers a build, pull, push or load with. */
export interface EngineMessage {
  status?: string;
  stream?: string;
  /** The layer or step that `status` speaks of. */
  id?: string;
  progressDetail?: { current?: number; total?: number };
  /** A failure; the HTTP status has long been 200 by then. */
  error?: string;
  errorDetail?: { code?: number; message?: string };
  aux?: unknown;
}

/**
 * Decodes the engine's stream of JSON objects, one a line. Characters may be cut by the borders of chunks.
 *
 * @throws whatever the stream fails with, such as a connection that is cut
 */
export async function* engineMessages(stream: AsyncIterable<Buffer>): AsyncGenerator<EngineMessage> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop()!;
    for (const line of lines) if (line.trim()) yield JSON.parse(line) as EngineMessage;
  }
  rest += decoder.end();
  if (rest.trim()) yield JSON.parse(rest) as EngineMessage;
}
