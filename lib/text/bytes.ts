/** A chunk of a stream that nobody has given an encoding; streams are not typed by what they give. */
export function bytesOf(chunk: unknown): Buffer {
  if (Buffer.isBuffer(chunk)) return chunk;
  throw new TypeError(`a stream of bytes gave a value of type ${typeof chunk}`);
}

/** Pieces as one; a single one is not copied. */
export function joined(pieces: readonly Buffer[]): Buffer {
  const [first, second] = pieces;
  return first && !second ? first : Buffer.concat(pieces);
}
