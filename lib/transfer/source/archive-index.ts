import { isDeepStrictEqual } from 'node:util';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import { type Blob, type LayerBlob, plainLayer } from '../../oci/blob.js';
import { blobPath } from '../../oci/digest.js';
import { v1LayerIds } from '../../oci/v1-ids.js';

/** Larger files are no documents. */
const LARGEST_DOCUMENT = 2 ** 20;

/**
 * Which file of a saved archive is which layer of the image. Names that follow from the diff IDs are known from the
 * start (graph drivers); the others (compressed blobs of containerd's store) are learned from the manifest as it goes by.
 */
export class ArchiveIndex {
  /** The image's config, byte for byte, once it has gone by. */
  config?: Buffer;
  /** The manifest that the source itself has for the image, once it has gone by. */
  manifest?: Buffer;
  /** Whether a manifest has said which file is which layer. */
  #filesKnown = false;
  readonly #image: ImageFacts;
  readonly #names = new Map<string, string>();
  readonly #blobs = new Map<string, LayerBlob>();
  readonly #documents = new Map<string, Buffer>();
  /** Of files that went by before anything said what they are. */
  readonly #unknownSizes = new Map<string, number>();

  constructor(image: ImageFacts) {
    this.#image = image;
    for (const diffId of image.diffIds) this.#names.set(blobPath(diffId), diffId);
    v1LayerIds(image.diffIds).forEach((id, i) => this.#names.set(`${id}/layer.tar`, image.diffIds[i]!));
  }

  /** The layer that a file holds; undefined where it holds none, or none that is known yet. */
  layerIn({ name, size }: Pick<SavedFile, 'name' | 'size'>): LayerBlob | undefined {
    const diffId = this.#names.get(name);
    if (diffId === undefined) {
      this.#unknownSizes.set(name, size);
      return undefined;
    }
    const blob = this.#blobs.get(diffId) ?? plainLayer(diffId, size);
    this.#blobs.set(diffId, blob);
    return blob;
  }

  /** The form in which the source has a layer, once it is known. */
  blob(diffId: string): LayerBlob | undefined {
    return this.#blobs.get(diffId);
  }

  /** Whether one of the files in `names` is known to hold the layer. */
  isAmong(names: ReadonlySet<string>, diffId: string): boolean {
    return [...names].some((name) => this.#names.get(name) === diffId);
  }

  /** The config that a manifest names, if that has gone by. */
  configOf({ digest }: Blob): Blob | undefined {
    const manifest = this.#documents.get(blobPath(digest));
    return manifest && (parse(manifest) as { config?: Blob } | undefined)?.config;
  }

  /** Takes up a file that holds no known layer. */
  async learn({ name, size, content }: SavedFile): Promise<void> {
    if (this.#filesKnown || size > LARGEST_DOCUMENT || !/^(blobs\/sha256\/[^/]+|[^/]+\.json)$/.test(name))
      return;
    const chunks: Buffer[] = [];
    for await (const chunk of content) chunks.push(chunk);
    this.#documents.set(name, Buffer.concat(chunks));
    for (const document of this.#documents.values()) this.#adopt(document);
  }

  /** Takes a document for the image's manifest if it is one. */
  #adopt(document: Buffer): void {
    for (const { config: configName, layers } of manifestsIn(parse(document))) {
      const config = this.#documents.get(configName);
      if (!config || !this.#isOurs(config) || layers.length !== this.#image.diffIds.length) continue;
      this.config = config;
      this.#filesKnown = true;
      layers.forEach(({ path, blob }, i) => {
        const diffId = this.#image.diffIds[i]!;
        this.#names.set(path, diffId);
        const size = this.#unknownSizes.get(path);
        if (blob) this.#blobs.set(diffId, { diffId, ...blob });
        // The ID of the topmost layer in engines before 25 follows from the config, not from the diff IDs.
        else if (size !== undefined && path.endsWith('/layer.tar'))
          this.#blobs.set(diffId, plainLayer(diffId, size));
      });
      if (layers.every(({ blob }) => blob)) this.manifest = document;
    }
  }

  #isOurs(config: Buffer): boolean {
    const { rootfs, architecture } = (parse(config) ?? {}) as ConfigDocument;
    return (
      isDeepStrictEqual(rootfs?.diff_ids ?? [], this.#image.diffIds) &&
      architecture === this.#image.platform.architecture
    );
  }
}

interface ConfigDocument {
  architecture?: string;
  rootfs?: { diff_ids?: string[] };
}

interface ListedLayer {
  path: string;
  blob?: Blob;
}

/** The images that an OCI manifest, or docker's manifest.json, lists. */
function manifestsIn(document: unknown): { config: string; layers: ListedLayer[] }[] {
  if (Array.isArray(document)) {
    return (document as ({ Config?: string; Layers?: unknown } | null)[]).flatMap((listed) =>
      listed && Array.isArray(listed.Layers)
        ? [{ config: listed.Config ?? '', layers: (listed.Layers as string[]).map((path) => ({ path })) }]
        : [],
    );
  }
  const { config, layers } = (document ?? {}) as { config?: Blob; layers?: Blob[] };
  if (!config?.digest || !Array.isArray(layers)) return [];
  return [
    {
      config: blobPath(config.digest),
      layers: layers.map(({ digest, mediaType, size }) => ({
        path: blobPath(digest),
        blob: { digest, mediaType, size },
      })),
    },
  ];
}

function parse(document: Buffer): unknown {
  try {
    return JSON.parse(document.toString());
  } catch {
    return undefined;
  }
}
