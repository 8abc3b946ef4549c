import { StringDecoder } from 'node:string_decoder';
import { printable, printableLine } from '../../text/printable.js';
import { TooLong } from './body.js';
import { flag, known, number, object, optional, type Shaped, text } from './shape.js';

const PLATFORM = object({ os: text, architecture: text, variant: optional(text) });

const AUX = object({
  ID: optional(text),
  manifestPushedInsteadOfIndex: optional(flag),
  selectedManifest: optional(object({ platform: optional(PLATFORM) })),
});

/** One JSON object of the stream that the engine answers a build, pull, push or load with. */
export interface EngineMessage {
  status?: string;
  /** What a build or a load prints, as it came: with colours and all. */
  stream?: string;
  /** ID of the layer or step that `status` is about. */
  id?: string;
  progress?: string;
  progressDetail?: { current?: number; total?: number };
  /** A failure; the HTTP status has long been 200 by then. */
  error?: string;
  /** Extra data; only the parts used here: the ID of the built image, and which platform was pushed. */
  aux?: Shaped<typeof AUX>;
}

/** A line longer than this many characters is refused. */
const LONGEST_LINE = 4 << 20;

/** The engine's stream of messages; see {@link readObjects}. */
export function readMessages(stream: AsyncIterable<Buffer>): AsyncGenerator<EngineMessage> {
  return readObjects(stream, messageOf);
}

/**
 * Decodes a stream of JSON objects, one a line. Characters may be cut by the borders of chunks.
 *
 * @throws {TooLong}, SyntaxError and WrongShape for what is no such stream, and what it fails with
 */
export async function* readObjects<T>(
  stream: AsyncIterable<Buffer>,
  objectOf: (line: string) => T,
): AsyncGenerator<T> {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  for await (const chunk of stream) {
    const piece = decoder.write(chunk);
    const end = piece.lastIndexOf('\n');
    const lines = end < 0 ? '' : rest + piece.slice(0, end);
    rest = end < 0 ? rest + piece : piece.slice(end + 1);
    if (rest.length > LONGEST_LINE) throw new TooLong();
    for (const line of lines.split('\n')) if (line.trim() !== '') yield objectOf(line);
  }
  rest += decoder.end();
  if (rest.trim() !== '') yield objectOf(rest);
}

const asWritten = object({
  status: optional(text),
  stream: optional(text),
  id: optional(text),
  progress: optional(text),
  progressDetail: optional(object({ current: optional(number), total: optional(number) })),
  error: optional(text),
  errorDetail: optional(object({ message: optional(text) })),
  aux: known(AUX),
});

/** @throws {SyntaxError} and WrongShape for what is no message */
export function messageOf(line: string): EngineMessage {
  const { status, id, progress, error, errorDetail, ...rest } = asWritten(JSON.parse(line));
  // Where both are there, the detail has the whole sentence and `error` may be a part of it.
  const failure = errorDetail?.message ?? error;
  return {
    ...rest,
    ...(status !== undefined && { status: printable(status) }),
    ...(id !== undefined && { id: printableLine(id) }),
    ...(progress !== undefined && { progress: printable(progress) }),
    ...(failure !== undefined && { error: printable(failure) }),
  };
}
