/** Called before and after each write to a stream that does not come from the report itself. */
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
    // Restored only if `write` is still ours: otherwise a wrapper that was put around it later would be lost.
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
