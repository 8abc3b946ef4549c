import type { GrpcMethods } from './grpc.js';
import { message } from './message.js';

/** The context of a build that comes as an archive over its session (BuildKit's `moby.upload.v1`). */
export const UPLOADED_CONTEXT = 'http://buildkit-session/context';

const BytesMessage = message('BytesMessage', { data: 'bytes' });

/**
 * Hands an archive to the engine as fast as that takes it.
 * @param failed hears why the archive could not be made
 */
export function uploadService(archive: AsyncIterable<Buffer>, failed: (error: unknown) => void): GrpcMethods {
  return {
    '/moby.upload.v1.Upload/Pull': async (call) => {
      try {
        for await (const data of archive) {
          if (call.closed) return;
          if (!call.send(BytesMessage.encode({ data }))) await call.drained();
        }
      } catch (error) {
        failed(error);
        throw error;
      }
    },
  };
}
