import type { ContentStore } from '../../engine/containerd/content-store.js';
import { CtrFailure } from '../../engine/containerd/ctr.js';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import { untagImage } from '../../engine/images/names.js';
import type { Engine } from '../../engine/types.js';
import type { LayerBlob } from '../../oci/blob.js';
import { type DiffId, digestOf, type ImageId, imageIdOf } from '../../oci/digest.js';
import { archiveDocuments } from '../../oci/image-archive.js';
import { parseDocument } from '../../oci/image-documents.js';
import { formatPlatform, platformIn } from '../../oci/image-platform.js';
import { type Reference, wholeName } from '../../oci/reference.js';
import { TAR_END } from '../../oci/tar-writer.js';
import { NotLoaded } from '../base/failures.js';
import { temporaryName } from '../base/temporary-names.js';
import type { LayerOrder } from '../packing/layer-order.js';
import { layerForms } from './layer-forms.js';
import { asTheyBegin, portionsOf } from './portions.js';
import type { ImageContents, OnProgress, Receiver, Sending } from './receiver.js';

/** Receives by putting file after file into containerd's store, which tells what is there and holds it by their digests. */
export class ContentReceiver implements Receiver {
  readonly codec = 'gzip';
  bytesSent = 0;
  readonly bytesGiven = 0;
  #imports = 0;
  readonly #engine: Engine;
  readonly #content: ContentStore;
  readonly #id: string;
  readonly #signal: AbortSignal;

  /** @param id of the transfer, which holds what has come */
  constructor(engine: Engine, content: ContentStore, id: string, signal: AbortSignal) {
    this.#engine = engine;
    this.#content = content;
    this.#id = id;
    this.#signal = signal;
  }

  leaveOthers(): void {
    // It never goes with them.
  }

  goAlone(): void {
    // It never goes another way.
  }

  formsOf(images: readonly ImageFacts[]): Promise<Map<DiffId, LayerBlob>> {
    return layerForms(this.#engine, images, this.#id, this.#signal);
  }

  async has(layers: readonly LayerBlob[]): Promise<boolean> {
    const digests = layers.map(({ digest }) => digest);
    const there = await said(this.#content.hold(this.#id, digests));
    return digests.every((digest) => there.has(digest));
  }

  async send({ orders, onProgress }: Sending): Promise<void> {
    for await (const order of asTheyBegin(orders)) await this.#ingest(order, onProgress);
  }

  async finish(
    sending: Sending,
    contents: () => Promise<ImageContents>,
    reference: Reference,
  ): Promise<ImageId> {
    await this.send(sending);
    const { documents, layers } = await contents();
    const firstName = temporaryName(this.#id, String(++this.#imports));
    const archive = (name: string) =>
      this.#count(Buffer.concat([archiveDocuments(documents, layers, name), TAR_END]));
    const image = {
      first: archive(firstName),
      last: archive(reference),
      firstName: wholeName(firstName),
      layers: layers.map(({ digest }) => digest),
      platform: await this.#foreign(documents.config),
    };
    try {
      await said(this.#content.importImage(image, { signal: this.#signal }));
    } catch (error) {
      await untagImage(this.#engine, firstName);
      throw error;
    }
    return imageIdOf(digestOf(documents.config));
  }

  async release(): Promise<void> {
    await this.#content.release(this.#id);
  }

  async #ingest(order: LayerOrder, onProgress: OnProgress): Promise<void> {
    const blob = await order.blob;
    const archived = this.#counted(portionsOf([order], onProgress));
    await said(this.#content.ingest(this.#id, blob, archived, { signal: this.#signal }));
  }

  /** The platform of an image that is of another one than the node. */
  async #foreign(config: Buffer): Promise<string | undefined> {
    const platform = platformIn(parseDocument(config));
    const own = await this.#engine.facts();
    if (!platform || (platform.os === own.os && platform.architecture === own.arch)) return undefined;
    return formatPlatform(platform);
  }

  async *#counted(portions: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const portion of portions) yield this.#count(portion);
  }

  #count(bytes: Buffer): Buffer {
    this.bytesSent += bytes.length;
    return bytes;
  }
}

/** What containerd refuses, it has not loaded. */
async function said<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw error instanceof CtrFailure ? new NotLoaded(error.message, { cause: error }) : error;
  }
}
