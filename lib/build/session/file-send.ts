import { Readable } from 'node:stream';
import type { GrpcMethods } from './grpc.js';
import { type GrpcCall, readQuestion } from './grpc-call.js';
import { message } from './message.js';

const BytesMessage = message('BytesMessage', { data: 'bytes' });

/**
 * Takes what a build has made, as one archive (BuildKit's `moby.filesync.v1.FileSend`, as its tar exporter calls it).
 * @param take gets the archive; the engine waits until it has taken all of it
 * @param failed hears why it could not
 */
export function fileSendService(
  take: (archive: Readable) => Promise<void>,
  failed: (error: unknown) => void,
): GrpcMethods {
  return {
    '/moby.filesync.v1.FileSend/DiffCopy': async (call) => {
      try {
        await take(Readable.from(dataOf(call), { objectMode: false }));
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  };
}

async function* dataOf(call: GrpcCall): AsyncGenerator<Buffer> {
  for await (const packet of call) {
    const { data } = readQuestion(() => BytesMessage.decode(packet));
    if (Buffer.isBuffer(data) && data.length > 0) yield data;
  }
}
