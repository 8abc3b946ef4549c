import { loadFailureInBody } from '../../engine/images/load.js';
import { DeltaFailed } from '../base/failures.js';
import { Operations } from '../packing/operations.js';
import { isGood, LAST_CHUNK, loadRequest, statusLine } from './raw-http.js';
import type { RebuildContainer } from './rebuild-container.js';

/**
 * As `load`, for an archive that a container on the target rebuilds; one at a time.
 *
 * @param portions packed operations that write all but the end of the archive
 * @param end the rest of the archive, asked for when the portions have come
 * @param count told the bytes that go over the wire
 * @throws {DeltaFailed}, and what the portions or the connection fail with
 */
export async function loadRebuilt(
  container: RebuildContainer,
  portions: AsyncIterable<Buffer> | Iterable<Buffer>,
  end: () => Promise<Buffer>,
  count: (bytes: Buffer) => Buffer,
): Promise<string | undefined> {
  const operations = new Operations();
  operations.open();
  operations.literal(loadRequest({ quiet: true }));
  await container.write(count(await operations.take()));
  for await (const portion of portions) await container.write(count(portion));
  operations.literal(await end());
  await container.write(count(await operations.takeChunk()));
  operations.literal(LAST_CHUNK);
  operations.answer();
  await container.write(count(await operations.take()));

  const answer = await container.answer();
  if (!isGood(answer)) throw new DeltaFailed(statusLine(answer));
  return loadFailureInBody(answer);
}
