import type { Readable } from 'node:stream';

/**
 * Keeps the output of a child process buffered until the returned function is called: when the process ends, Node
 * discards output that has no reader.
 */
export function holdStreams(streams: readonly Readable[]): () => void {
  const nothing = () => undefined;
  for (const stream of streams) stream.on('readable', nothing);
  return () => streams.forEach((stream) => stream.off('readable', nothing));
}
