import { randomBytes } from 'node:crypto';
import { load } from '../../engine/images/load.js';
import { untagImage } from '../../engine/images/names.js';
import { readSavedArchive, type SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import { type Blob, plainLayer } from '../../oci/blob.js';
import { plainDiffId } from '../../oci/digest.js';
import { archiveDocuments, prefixImage } from '../../oci/image-archive.js';
import { TAR_END } from '../../oci/tar-writer.js';
import { temporaryName } from '../base/temporary-names.js';

/** A platform that no engine can run, so that none unpacks an image for it. */
const NO_PLATFORM = { os: 'linux', architecture: 'unknown' };

/**
 * Reads single files out of containerd's store (of engines from 28), which otherwise come only with the whole image:
 * a temporary image that lists them as its layers is loaded, saved and removed.
 *
 * @param id of the transfer
 */
export async function* readExcerpt(
  engine: Engine,
  blobs: readonly Blob[],
  id: string,
  signal: AbortSignal,
): AsyncGenerator<SavedFile> {
  // Whatever the files are, they are listed as layers: a file listed as a manifest would be saved with everything
  // that it lists.
  const layers = blobs.map(({ digest, size }) => plainLayer(plainDiffId(digest), size));
  const documents = prefixImage(layers, NO_PLATFORM);
  const name = temporaryName(id, `excerpt-${randomBytes(4).toString('hex')}`);
  const archive = Buffer.concat([archiveDocuments(documents, layers, name), TAR_END]);
  try {
    const failure = await load(engine, oneChunk(archive), signal);
    if (failure !== undefined) throw new Error(failure);
    yield* readSavedArchive(await engine.client.stream('GET', `/images/${name}/get`, { signal }));
  } finally {
    // If this fails, the image is removed at the end of this transfer or by the next one.
    await untagImage(engine, name).catch(() => undefined);
  }
}

async function* oneChunk(chunk: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(chunk);
}
