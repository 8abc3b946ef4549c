import type { Readable } from 'node:stream';

/** Keeps what comes until they are released: Node throws away what nobody has asked for when a child process ends. */
export function holdStreams(streams: readonly Readable[]): () => void {
  const nothing = () => undefined;
  for (const stream of streams) stream.on('readable', nothing);
  return () => streams.forEach((stream) => stream.off('readable', nothing));
}
