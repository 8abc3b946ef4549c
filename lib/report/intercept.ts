/** What happens around every write that somebody else makes. */
export interface Around {
  before(): void;
  after(text: string): void;
}

let asideDepth = 0;

/**
 * Surrounds all writes to `stream`, such as gulp's own log lines, until the returned function is called. What is
 * written, and what `write` returns, stay as they are.
 */
export function interceptWrites(stream: NodeJS.WriteStream, around: Around): () => void {
  // eslint-disable-next-line @typescript-eslint/unbound-method -- it is called with `apply`, and put back as it was.
  const original = stream.write;
  let active = true;

  const intercepted = function (this: NodeJS.WriteStream, ...args: Parameters<typeof original>) {
    if (!active || asideDepth > 0) return original.apply(this, args);
    around.before();
    const result = original.apply(this, args);
    around.after(textOf(args[0]));
    return result;
  } as typeof original;

  stream.write = intercepted;
  return () => {
    active = false;
    // Somebody who wrapped `write` after us would be lost by putting the original back.
    if (stream.write === intercepted) stream.write = original;
  };
}

/** Runs `write` without any interception. */
interceptWrites.aside = function (write: () => void): void {
  asideDepth++;
  try {
    write();
  } finally {
    asideDepth--;
  }
};

function textOf(chunk: Uint8Array | string): string {
  return typeof chunk === 'string' ? chunk : Buffer.from(chunk.subarray(-1)).toString('latin1');
}
