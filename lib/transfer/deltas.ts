import type { ImageFacts } from '../engine/images/image-facts.js';
import { layerSizes } from '../engine/images/layer-sizes.js';
import type { Engine } from '../engine/types.js';
import type { DiffId } from '../oci/digest.js';
import { DeltaFailed, NotAssembled } from './base/failures.js';
import type { DeltaBase } from './base/types.js';
import { knownFiles } from './contents/known-files.js';
import { blocksOf, type LayerIndex } from './contents/layer-index.js';
import type { LayerIndexes } from './contents/layer-indexes.js';
import { DeltaForm } from './packing/delta-form.js';
import { INDEX_ONLY } from './packing/form.js';
import { ArchiveIndex } from './source/archive-index.js';
import { LayerFeed } from './source/layer-feed.js';
import { isReadAlone } from './source/open-layer-reader.js';
import { StoredLayers } from './source/overlay2-reader.js';
import type { SplitFile } from './stores/tar-split.js';
import { RebuildContainer } from './target/rebuild-container.js';

/**
 * What sending deltas needs: the files that the target has already, and a container on it that rebuilds layers from
 * them.
 */
export interface Deltas {
  form: DeltaForm;
  container: RebuildContainer;
}

/** The two ends of a transfer. */
interface Ends {
  source: Engine;
  target: Engine;
  /** ID of the transfer. */
  id: string;
  signal: AbortSignal;
  /** What is known of layers. */
  indexes: LayerIndexes;
}

/** @throws {DeltaFailed}, and what a connection fails with */
export async function openDeltas(ends: Ends, base: DeltaBase): Promise<Deltas> {
  const { source, target, id, signal } = ends;
  const starting = RebuildContainer.start(target, base.id, id, signal);
  starting.catch(() => undefined); // Reported when awaited below.
  try {
    const [layers, stored] = await Promise.all([
      layersOf(ends, base),
      base.stored && storedFiles({ source, id, signal }, base.diffIds, base.stored),
    ]);
    const known = stored && knownFiles(stored, layers);
    return { form: new DeltaForm(blocksOf(layers, base.volumes), known), container: await starting };
  } catch (error) {
    await starting.then((container) => container.close()).catch(() => undefined);
    throw error;
  }
}

async function layersOf({ source, signal, indexes }: Ends, base: DeltaBase): Promise<LayerIndex[]> {
  if (base.readFrom) {
    const known = await indexes.known(base.diffIds);
    const unknown = base.diffIds.filter((diffId) => !known.has(diffId));
    const { id, diffIds } = base.readFrom;
    const sizes = await layerSizes(source, id, diffIds.length);
    const layers = diffIds.map((diffId, i) => ({ size: sizes[i] ?? 0, wanted: unknown.includes(diffId) }));
    const bytes = layers.reduce((sum, { size, wanted }) => sum + (wanted ? size : 0), 0);
    const alone = isReadAlone(source, base.readFrom, bytes, layers);
    const feed = new LayerFeed(source, id, base.readFrom, { indexes, alone });
    const stop = () => void feed.close();
    signal.addEventListener('abort', stop);
    try {
      await Promise.all([...new Set(unknown)].map((diffId) => read(feed, diffId)));
    } finally {
      signal.removeEventListener('abort', stop);
      await feed.close();
    }
  }
  return Promise.all(
    base.diffIds.map(async (diffId) => {
      const index = await indexes.get(diffId);
      if (!index) throw new DeltaFailed(`the content of ${base.name} is not known here any more`);
      return index;
    }),
  );
}

/** The files of layers by their checksums; undefined where the source does not tell them. */
async function storedFiles(
  { source: engine, id, signal }: Pick<Ends, 'source' | 'id' | 'signal'>,
  diffIds: readonly DiffId[],
  image: ImageFacts,
): Promise<SplitFile[][] | undefined> {
  const reader = await StoredLayers.open({ engine, image, archive: new ArchiveIndex(image), id, signal });
  try {
    return reader && (await Promise.all(diffIds.map((diffId) => reader.files(diffId))));
  } catch (error) {
    if (error instanceof NotAssembled) return undefined;
    throw error;
  } finally {
    await reader?.close();
  }
}

/** Has the feed read a layer, only to index its contents; nothing is sent. */
async function read(feed: LayerFeed, diffId: DiffId): Promise<void> {
  for await (const _ of feed.order(diffId, INDEX_ONLY).portions);
}
