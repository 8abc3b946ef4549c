import { messageOf } from '../../engine/client/messages.js';
import { DeltaFailed } from '../base/failures.js';
import { Operations } from '../packing/operations.js';
import { type RebuildContainer, request } from './rebuild-container.js';

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
  const headers = ['Content-Type: application/x-tar', 'Transfer-Encoding: chunked'];
  operations.open();
  operations.literal(request('POST', '/images/load?quiet=1', headers));
  await container.write(count(await operations.take()));
  for await (const portion of portions) await container.write(count(portion));
  operations.literal(await end());
  await container.write(count(await operations.takeChunk()));
  operations.literal(Buffer.from('0\r\n\r\n'));
  operations.answer();
  await container.write(count(await operations.take()));

  const answer = await container.answer();
  if (!/^HTTP\/1\.[01] 200 /.test(answer)) throw new DeltaFailed(answer.split('\r\n')[0]);
  return answer.split(/\r?\n/).map(errorIn).find(Boolean);
}

/** What stands between the messages are lengths of chunks. */
function errorIn(line: string): string | undefined {
  try {
    return messageOf(line).error;
  } catch {
    return undefined;
  }
}
