import { posix } from 'node:path';
import { isRefusal } from '../engine/client/errors.js';
import { createContainer } from '../engine/containers/create.js';
import { containerFiles } from '../engine/containers/files.js';
import { removeContainer } from '../engine/containers/remove.js';
import type { Engine } from '../engine/types.js';
import type { TarFile } from '../oci/tar-files.js';
import { UserError } from '../text/user-error.js';
import type { FileSource } from './source.js';

export interface ImageRequest {
  /** Of the image. */
  reference: string;
  /** For the container: nothing of it runs. */
  container: string;
  signal: AbortSignal;
}

/**
 * Gives the files of an image, which the engine shows in a container that is never started; it is removed, whatever happens.
 *
 * @throws {UserError} `NOT_BUILT` where the engine has no such image
 */
export async function withImageFiles<Result>(
  engine: Engine,
  { reference, container, signal }: ImageRequest,
  work: (source: FileSource) => Promise<Result>,
): Promise<Result> {
  const id = await create(engine, { reference, container, signal });
  try {
    return await work({
      async at(path) {
        const files = await containerFiles(engine, id, path, signal);
        return files && absolute(files, path);
      },
    });
  } finally {
    await removeContainer(engine, id);
  }
}

async function create(engine: Engine, { reference, container, signal }: ImageRequest): Promise<string> {
  const body = { Image: reference, Cmd: ['none'], HostConfig: { NetworkMode: 'none' } };
  try {
    return (await createContainer(engine, body, { query: { name: container }, signal })).id;
  } catch (error) {
    if (!isRefusal(error, 404)) throw error;
    const sentence = `${reference} is not on this engine: build it first, or pull it.`;
    throw new UserError('NOT_BUILT', sentence, { cause: error });
  }
}

async function* absolute(files: AsyncGenerator<TarFile>, path: string): AsyncGenerator<TarFile> {
  for await (const file of files) {
    const own = (name: string) => (name === '' ? path : posix.join(path, name));
    yield {
      ...file,
      path: own(file.path),
      target: file.kind === 'hard link' ? own(file.target) : file.target,
    };
  }
}
