import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Settles when a stream takes more, or will take nothing any more. */
export async function drained(stream: Writable): Promise<void> {
  const settled = new AbortController();
  const events = ['drain', 'close'].map((event) => once(stream, event, { signal: settled.signal }));
  await Promise.race(events).catch(() => undefined);
  settled.abort();
}
