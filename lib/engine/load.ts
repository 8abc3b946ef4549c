import { Readable } from 'node:stream';

import type { Engine } from './types.js';
import { streamFromEngine } from './call.js';
import { SilenceWatch } from './silence-watch.js';

/**
 * Sends an archive to POST /images/load, and gives the error that the engine tells, if any; that it tells none does not
 * prove that the image is there. Rejects where the connection fails or the engine falls silent.
 */
export async function load(
  engine: Engine,
  archive: AsyncIterable<Buffer>,
  signal: AbortSignal,
): Promise<string | undefined> {
  const watch = new SilenceWatch(engine);
  const body = Readable.from(watch.over(archive), { objectMode: false });
  const query = { quiet: '0' };
  try {
    const answer = await streamFromEngine(engine, 'POST', '/images/load', {
      query,
      body,
      signal: AbortSignal.any([signal, watch.signal]),
    });
    let said = '';
    for await (const text of watch.over(answer.setEncoding('utf8') as AsyncIterable<string>)) said += text;
    return said.split('\n').map(errorIn).find(Boolean);
  } catch (error) {
    // What caused the failure, rather than the broken connection that it ended in.
    throw body.errored ?? (watch.signal.aborted ? (watch.signal.reason as Error) : error);
  } finally {
    watch.end();
    body.destroy();
  }
}

/** containerd's store tells of a failure to unpack in a line of its progress. */
function errorIn(line: string): string | undefined {
  if (line.trim() === '') return undefined;
  const { error, stream } = JSON.parse(line) as { error?: string; stream?: string };
  return error ?? /^Error unpacking image .*/s.exec(stream ?? '')?.[0].trim();
}
