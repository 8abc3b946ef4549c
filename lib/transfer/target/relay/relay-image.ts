import { load } from '../../../engine/images/load.js';
import type { Engine } from '../../../engine/types.js';
import { plainLayer } from '../../../oci/blob.js';
import { digestOf, plainDiffId } from '../../../oci/digest.js';
import { archiveDocuments, layerPath, prefixImage } from '../../../oci/image-archive.js';
import { TAR_END, tarFile } from '../../../oci/tar-writer.js';
import { RelayFailed } from '../../base/failures.js';
import { temporaryName } from '../../base/temporary-names.js';

/**
 * Gives an engine an image of an empty layer, for a container in which nothing but a program of ours is: there may be no
 * image on it at all.
 *
 * @param id of the transfer
 * @returns its temporary name
 */
export async function loadEmptyImage(engine: Engine, id: string, signal: AbortSignal): Promise<string> {
  const { os, arch: architecture } = await engine.facts();
  const digest = digestOf(TAR_END);
  const layer = plainLayer(plainDiffId(digest), TAR_END.length);
  const name = temporaryName(id, 'relay');
  const documents = prefixImage([layer], { os, architecture });
  const archive = Buffer.concat([
    tarFile(layerPath(digest), TAR_END),
    archiveDocuments(documents, [layer], name),
    TAR_END,
  ]);
  const failure = await load(engine, once(archive), signal);
  if (failure !== undefined) throw new RelayFailed(failure);
  return name;
}

async function* once(archive: Buffer): AsyncGenerator<Buffer> {
  yield await Promise.resolve(archive);
}
