import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import { type Blob, type LayerBlob, plainLayer } from '../../oci/blob.js';
import { blobPath, type DiffId, plainDigest } from '../../oci/digest.js';
import {
  configIn,
  imagesIn,
  isConfigOf,
  type ListedLayer,
  parseDocument,
} from '../../oci/image-documents.js';
import { v1LayerIds } from '../../oci/v1-ids.js';

/**
 * Bytes above which a file is no JSON document. Configs can be some megabytes: labels may hold a bill of materials.
 */
const LARGEST_DOCUMENT = 32 * 2 ** 20;

type PassingFile = Pick<SavedFile, 'name' | 'size'>;

/**
 * Which file of a saved archive is which layer of the image. Names that follow from the diff IDs are known from the
 * start (graph drivers); the others (compressed blobs of containerd's store) are learned from the manifest as it goes by.
 * An image may have one layer as several files: one of them stands for it.
 */
export class ArchiveIndex {
  /** The image's config, byte for byte, once it has gone by. */
  config?: Buffer;
  /** The manifest that the source itself has for the image, once it has gone by. */
  manifest?: Buffer;
  /** Whether a manifest has said which file is which layer. */
  #filesKnown = false;
  readonly #image: ImageFacts;
  readonly #layers = new Map<string, DiffId>();
  readonly #paths = new Map<DiffId, string[]>();
  readonly #blobs = new Map<DiffId, LayerBlob>();
  readonly #configs = new Map<string, Buffer>();
  /** Manifests whose config has not gone by. */
  readonly #manifests = new Map<string, { layers: readonly ListedLayer[]; document: Buffer }[]>();
  /** The files that are the configs of manifests. */
  readonly #configBlobs = new Map<string, Blob>();
  /** Sizes of files that came before the manifest that says what they are. */
  readonly #unknownSizes = new Map<string, number>();

  constructor(image: ImageFacts) {
    this.#image = image;
    for (const diffId of image.diffIds) {
      this.#name(blobPath(plainDigest(diffId)), diffId);
      // As podman names it.
      this.#name(`${diffId.replace('sha256:', '')}.tar`, diffId);
    }
    v1LayerIds(image.diffIds).forEach((id, i) => this.#name(`${id}/layer.tar`, image.diffIds[i]));
  }

  /** Records a file that passes in the archive. */
  note({ name, size }: PassingFile): void {
    const diffId = this.#layers.get(name);
    if (diffId === undefined) this.#unknownSizes.set(name, size);
    else this.notePlain(diffId, size);
  }

  /** Takes note of a layer's uncompressed size, unless another form of it is known. */
  notePlain(diffId: DiffId, size: number): void {
    if (!this.#blobs.has(diffId)) this.#blobs.set(diffId, plainLayer(diffId, size));
  }

  /** The layer that a file holds; undefined where it holds none, none that is known yet, or another form of it. */
  layerIn({ name, size }: PassingFile): LayerBlob | undefined {
    const diffId = this.#layers.get(name);
    const blob = diffId && this.#blobs.get(diffId);
    return blob && (blobPath(blob.digest) === name || !name.startsWith('blobs/')) && blob.size === size
      ? blob
      : undefined;
  }

  /** The form in which the source has a layer, once it is known. */
  blob(diffId: DiffId): LayerBlob | undefined {
    return this.#blobs.get(diffId);
  }

  /** Whether one of the files in `names` is known to hold the layer. */
  isAmong(names: ReadonlySet<string>, diffId: DiffId): boolean {
    return this.#paths.get(diffId)?.some((path) => names.has(path)) ?? false;
  }

  /** The config that a manifest names, if that has gone by. */
  configOf({ digest }: Blob): Blob | undefined {
    return this.#configBlobs.get(blobPath(digest));
  }

  /** Takes up a file that holds no known layer. */
  async learn({ name, size, content }: SavedFile): Promise<void> {
    if (this.#filesKnown || size > LARGEST_DOCUMENT || !/^(blobs\/sha256\/[^/]+|[^/]+\.json)$/.test(name))
      return;
    const chunks: Buffer[] = [];
    for await (const chunk of content) {
      // JSON begins with a bracket; anything else is a layer, and is not read to its end.
      if (chunks.length === 0 && !/^\s*[[{]/.test(chunk.toString('latin1', 0, 64))) return;
      chunks.push(chunk);
    }
    this.#learnDocument(name, Buffer.concat(chunks));
  }

  #learnDocument(name: string, document: Buffer): void {
    const parsed = parseDocument(document);
    if (isConfigOf(parsed, this.#image.diffIds, this.#image.platform.architecture)) {
      this.#configs.set(name, document);
      for (const manifest of this.#manifests.get(name) ?? [])
        this.#adopt(name, manifest.layers, manifest.document);
    }
    const config = configIn(parsed);
    if (config) this.#configBlobs.set(name, config);
    for (const image of imagesIn(parsed)) {
      const waiting = this.#manifests.get(image.config) ?? [];
      this.#manifests.set(image.config, [...waiting, { layers: image.layers, document }]);
      this.#adopt(image.config, image.layers, document);
    }
  }

  /** Takes the list of layers from a manifest, if its config is the image's config. */
  #adopt(configName: string, layers: readonly ListedLayer[], document: Buffer): void {
    const config = this.#configs.get(configName);
    if (!config || layers.length !== this.#image.diffIds.length) return;
    this.config = config;
    this.#filesKnown = true;
    for (const [i, { path, blob }] of layers.entries()) {
      const diffId = this.#image.diffIds[i];
      if (diffId === undefined) continue;
      this.#name(path, diffId);
      const size = this.#unknownSizes.get(path);
      if (blob) this.#choose({ diffId, ...blob });
      // The ID of the topmost layer in engines before 25 follows from the config, not from the diff IDs.
      else if (size !== undefined && path.endsWith('/layer.tar')) this.notePlain(diffId, size);
    }
    if (layers.every(({ blob }) => blob)) this.manifest = document;
  }

  #name(path: string, diffId: DiffId | undefined): void {
    if (diffId === undefined || this.#layers.get(path) === diffId) return;
    this.#layers.set(path, diffId);
    this.#paths.set(diffId, [...(this.#paths.get(diffId) ?? []), path]);
  }

  /** One of several files of a layer stands for it: the first that was heard of, which may have been handed out. */
  #choose(blob: LayerBlob): void {
    const chosen = this.#blobs.get(blob.diffId);
    if (chosen === undefined || chosen.digest === blob.digest) this.#blobs.set(blob.diffId, blob);
  }
}
