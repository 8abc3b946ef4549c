import { createHash, type Hash, randomBytes } from 'node:crypto';
import fs from 'node:fs/promises';
import path from 'node:path';
import { type GrpcMethods, unary } from './grpc.js';
import { type GrpcCall, GrpcError, readQuestion, STATUS } from './grpc-call.js';
import { field, messages } from './message.js';

/** Bytes of a blob that go in one message. */
const PIECE = 1 << 20;

/** What the service is asked in a write (`WriteAction`). */
const WRITE = { stat: 0, write: 1, commit: 2 } as const;

/**
 * Lets the engine read and write blobs in folders of this machine (containerd's content service, as far as BuildKit
 * calls it for a cache). A folder is an OCI layout: `blobs/sha256/…`.
 * @param folders by the ID that the engine names
 * @param failed hears of what went wrong with a folder
 */
export function contentService(
  folders: ReadonlyMap<string, string>,
  failed: (error: unknown) => void,
): GrpcMethods {
  if (folders.size === 0) return {};
  const folderOf = (call: GrpcCall) => {
    const folder = folders.get(call.metadata('buildkit-attachable-store-id')[0] ?? '');
    if (folder === undefined) throw new GrpcError(STATUS.notFound, 'no such store in this session');
    return folder;
  };
  const telling = (method: (call: GrpcCall) => Promise<void>) => (call: GrpcCall) =>
    method(call).catch((error: unknown) => {
      if (!(error instanceof GrpcError)) failed(error);
      throw error;
    });
  return {
    [`${SERVICE}/Info`]: telling((call) => unary((request) => info(folderOf(call), request))(call)),
    [`${SERVICE}/Read`]: telling((call) => read(folderOf(call), call)),
    [`${SERVICE}/Write`]: telling((call) => write(folderOf(call), call)),
  };
}

async function info(folder: string, request: Buffer): Promise<Buffer> {
  const { digest } = readQuestion(() => decode<{ digest: string }>('InfoRequest', request));
  const { size } = await existing(blobPath(folder, digest), digest);
  return encode('InfoResponse', { info: { digest, size } });
}

async function read(folder: string, call: GrpcCall): Promise<void> {
  for await (const request of call) {
    const { digest, offset, size } = readQuestion(() => decode<ReadRequest>('ReadContentRequest', request));
    const file = blobPath(folder, digest);
    const end = size > 0 ? offset + size : (await existing(file, digest)).size;
    const blob = await fs.open(file).catch(() => Promise.reject(notFound(digest)));
    try {
      for (let at = offset; at < end && !call.closed;) {
        const { bytesRead, buffer } = await blob.read(
          Buffer.allocUnsafe(PIECE),
          0,
          Math.min(PIECE, end - at),
          at,
        );
        if (bytesRead === 0) break;
        const message = encode('ReadContentResponse', { offset: at, data: buffer.subarray(0, bytesRead) });
        if (!call.send(message)) await call.drained();
        at += bytesRead;
      }
    } finally {
      await blob.close();
    }
    return;
  }
}

interface ReadRequest {
  digest: string;
  offset: number;
  size: number;
}

async function write(folder: string, call: GrpcCall): Promise<void> {
  let blob: IncomingBlob | undefined;
  try {
    for await (const message of call) {
      const request = readQuestion(() => decode<WriteRequest>('WriteContentRequest', message));
      blob ??= await IncomingBlob.begin(folder, request.expected);
      if (request.action !== WRITE.stat) await blob.write(request);
      const digest = request.action === WRITE.commit ? await blob.commit(request) : '';
      const { action, total } = request;
      call.send(encode('WriteContentResponse', { action, offset: blob.length, total, digest }));
    }
  } finally {
    await blob?.discard();
  }
}

interface WriteRequest {
  action: number;
  expected: string;
  total: number;
  offset: number;
  data: Buffer;
}

/** A blob that is being written: it has its name only once it is whole. */
class IncomingBlob {
  readonly #folder: string;
  readonly #file: string;
  readonly #handle: fs.FileHandle;
  length = 0;
  #hash: Hash = createHash('sha256');

  private constructor(folder: string, file: string, handle: fs.FileHandle) {
    this.#folder = folder;
    this.#file = file;
    this.#handle = handle;
  }

  /** @throws {GrpcError} where the blob is there already, which the engine takes for success */
  static async begin(folder: string, expected: string): Promise<IncomingBlob> {
    if (expected !== '' && (await exists(blobPath(folder, expected))))
      throw new GrpcError(STATUS.alreadyExists, `${expected}: already exists`);
    const ingest = path.join(folder, 'ingest');
    await fs.mkdir(ingest, { recursive: true });
    const file = path.join(ingest, randomBytes(8).toString('hex'));
    return new IncomingBlob(folder, file, await fs.open(file, 'w'));
  }

  async write({ offset, data }: WriteRequest): Promise<void> {
    if (offset === 0 && this.length > 0) await this.#restart();
    if (offset !== this.length)
      throw new GrpcError(STATUS.outOfRange, `write at ${offset}, but ${this.length} bytes are there`);
    if (data.length === 0) return;
    await this.#handle.writeFile(data);
    this.#hash.update(data);
    this.length += data.length;
  }

  /** @returns the digest */
  async commit({ total, expected }: WriteRequest): Promise<string> {
    const digest = `sha256:${this.#hash.digest('hex')}`;
    if ((total > 0 && total !== this.length) || (expected !== '' && expected !== digest))
      throw new GrpcError(
        STATUS.failedPrecondition,
        `${digest} of ${this.length} bytes is not what was announced`,
      );
    const place = blobPath(this.#folder, digest);
    await fs.mkdir(path.dirname(place), { recursive: true });
    await fs.rename(this.#file, place);
    return digest;
  }

  async discard(): Promise<void> {
    await this.#handle.close();
    await fs.rm(this.#file, { force: true });
  }

  async #restart(): Promise<void> {
    await this.#handle.truncate(0);
    this.#hash = createHash('sha256');
    this.length = 0;
  }
}

/** @throws {GrpcError} for a digest that is none: it must not lead out of the folder */
function blobPath(folder: string, digest: string): string {
  const [, hex] = /^sha256:([0-9a-f]{64})$/.exec(digest) ?? [];
  if (hex === undefined) throw new GrpcError(STATUS.notFound, `${digest}: not found`);
  return path.join(folder, 'blobs', 'sha256', hex);
}

async function existing(file: string, digest: string): Promise<{ size: number }> {
  return fs.stat(file).catch(() => Promise.reject(notFound(digest)));
}

async function exists(file: string): Promise<boolean> {
  return fs.stat(file).then(
    () => true,
    () => false,
  );
}

function notFound(digest: string): GrpcError {
  return new GrpcError(STATUS.notFound, `content ${digest}: not found`);
}

const SERVICE = '/containerd.services.content.v1.Content';

/** The fields that are of use, of containerd's `api/services/content/v1/content.proto`. */
const { encode, decode } = messages({
  InfoRequest: { fields: { digest: field('string', 1) } },
  InfoResponse: { fields: { info: field('Info', 1) } },
  Info: { fields: { digest: field('string', 1), size: field('int64', 2) } },
  ReadContentRequest: {
    fields: { digest: field('string', 1), offset: field('int64', 2), size: field('int64', 3) },
  },
  ReadContentResponse: { fields: { offset: field('int64', 1), data: field('bytes', 2) } },
  WriteContentRequest: {
    fields: {
      action: field('int32', 1),
      total: field('int64', 3),
      expected: field('string', 4),
      offset: field('int64', 5),
      data: field('bytes', 6),
    },
  },
  WriteContentResponse: {
    fields: {
      action: field('int32', 1),
      offset: field('int64', 4),
      total: field('int64', 5),
      digest: field('string', 6),
    },
  },
});
