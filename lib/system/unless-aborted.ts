/** Resolves to the result; fails early, with the signal's reason, if that is aborted first. */
export async function unlessAborted<Result>(result: Promise<Result>, signal: AbortSignal): Promise<Result> {
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<void>((resolve) => (stop = resolve));
  signal.addEventListener('abort', stop);
  try {
    await Promise.race([result, aborted]);
    signal.throwIfAborted();
    return await result;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
