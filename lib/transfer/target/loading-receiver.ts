import { type ImageFacts, imageFacts } from '../../engine/images/image-facts.js';
import { load } from '../../engine/images/load.js';
import { isComplete, tagImage, untagImage } from '../../engine/images/names.js';
import { storeOf } from '../../engine/stores.js';
import type { Engine } from '../../engine/types.js';
import type { LayerBlob } from '../../oci/blob.js';
import { type DiffId, digestOf, type ImageId, imageIdOf } from '../../oci/digest.js';
import { archiveDocuments, prefixImage, topDocument } from '../../oci/image-archive.js';
import type { Reference } from '../../oci/reference.js';
import { TAR_END } from '../../oci/tar-writer.js';
import { DeltaFailed, NotLoaded } from '../base/failures.js';
import { temporaryName } from '../base/temporary-names.js';
import { type Codec, compress } from '../packing/compression.js';
import { layerForms } from './layer-forms.js';
import { loadRebuilt } from './load-rebuilt.js';
import { portionsOf } from './portions.js';
import { RebuildContainer } from './rebuild-container.js';
import type { ImageContents, Receiver, Sending } from './receiver.js';
import type { Member } from './relay/member.js';

type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>;

/** By what an archive reaches the engine, where it is not the connection to it. */
type Way = RebuildContainer | Member;

/** Receives by loading archives into an engine, and holds layers by a temporary image of those that have come so far. */
export class LoadingReceiver implements Receiver {
  readonly #engine: Engine;
  readonly #id: string;
  readonly #signal: AbortSignal;
  readonly codec: Codec;
  #relay?: Promise<Member | undefined>;
  #member?: Member;
  #bytesSent = 0;
  #loads = 0;
  #held?: string;

  /**
   * @param id of the transfer: name and label of its temporary images
   * @param relay what it gets whole layers by, where other hosts get them too
   */
  constructor(
    engine: Engine,
    id: string,
    { codec, relay }: { codec: Codec; relay?: Promise<Member | undefined> },
    signal: AbortSignal,
  ) {
    this.#engine = engine;
    this.#id = id;
    this.codec = codec;
    this.#relay = relay;
    this.#signal = signal;
  }

  get bytesSent(): number {
    return this.#bytesSent + (this.#member?.sent ?? 0);
  }

  get bytesGiven(): number {
    return this.#member?.given ?? 0;
  }

  leaveOthers(): void {
    void this.#relay?.then((member) => member?.leave('it does not keep pace'));
  }

  goAlone(): void {
    this.#relay = undefined;
  }

  formsOf(images: readonly ImageFacts[]): Promise<Map<DiffId, LayerBlob>> {
    return layerForms(this.#engine, images, this.#id, this.#signal);
  }

  /** If they are there, a temporary image holds them, in place of the one before. */
  async has(layers: readonly LayerBlob[]): Promise<boolean> {
    try {
      await this.#hold(() => Promise.resolve(layers), []);
      return true;
    } catch (error) {
      if (error instanceof NotLoaded) return false;
      throw error;
    }
  }

  async send(
    { orders, onProgress, rebuild }: Sending,
    layers: () => Promise<readonly LayerBlob[]>,
  ): Promise<void> {
    const by = rebuild ?? (await this.#relay);
    await this.#hold(layers, portionsOf(orders, onProgress), by);
  }

  async finish(
    { orders, onProgress, rebuild }: Sending,
    contents: () => Promise<ImageContents>,
    reference: Reference,
  ): Promise<ImageId> {
    const by = rebuild ?? (orders.length > 0 ? await this.#relay : undefined);
    const { id, name } = await this.#load(contents, portionsOf(orders, onProgress), by);
    await tagImage(this.#engine, id, reference);
    await untagImage(this.#engine, name);
    return id;
  }

  async release(): Promise<void> {
    if (this.#held !== undefined) await untagImage(this.#engine, this.#held);
    this.#held = undefined;
  }

  async #hold(layers: () => Promise<readonly LayerBlob[]>, portions: Bytes, by?: Way): Promise<void> {
    const { os, arch: architecture } = await this.#engine.facts();
    const prefix = async () => {
      const present = await layers();
      // Platform of the engine, not of the image: containerd's store unpacks only its own.
      const documents = prefixImage(present, { os, architecture });
      return { documents, layers: present };
    };
    const { name } = await this.#load(prefix, portions, by);
    await this.release();
    this.#held = name;
  }

  /** Loads an image under a new temporary name, and proves that it is there. */
  async #load(describe: Describe, portions: Bytes, by?: Way): Promise<{ id: ImageId; name: string }> {
    const name = temporaryName(this.#id, String(++this.#loads));
    let contents: ImageContents | undefined;
    // The image's documents come last in the archive: what stands in them may be known only after the layers.
    const end = async () => {
      const { documents, layers } = (contents = await describe());
      return Buffer.concat([archiveDocuments(documents, layers, name), TAR_END]);
    };
    const failure = await this.#given(portions, end, by);
    if (contents && failure === undefined) {
      const id = await this.#idOf(contents);
      if (await this.#isThere(id, name, contents.layers)) return { id, name };
    }
    await untagImage(this.#engine, name);
    const reason = failure ?? 'the engine loaded it without an error, but does not have it';
    throw by instanceof RebuildContainer ? new DeltaFailed(reason) : new NotLoaded(reason);
  }

  /** Gives the engine an archive; returns the error that it reports, if any. */
  async #given(portions: Bytes, end: () => Promise<Buffer>, by?: Way): Promise<string | undefined> {
    if (by instanceof RebuildContainer)
      return loadRebuilt(by, portions, end, (bytes: Buffer) => this.#count(bytes));
    if (!by) return load(this.#engine, this.#archive(portions, end), this.#signal);
    this.#member = by;
    return by.load(portions, async () => compress(this.codec, await end()));
  }

  async *#archive(portions: Bytes, end: () => Promise<Buffer>): AsyncGenerator<Buffer> {
    for await (const portion of portions) yield this.#count(portion);
    yield this.#count(await compress(this.codec, await end()));
  }

  #count(bytes: Buffer): Buffer {
    this.#bytesSent += bytes.length;
    return bytes;
  }

  async #idOf({ documents }: ImageContents): Promise<ImageId> {
    const { idOf } = storeOf(await this.#engine.facts());
    return imageIdOf(digestOf(idOf === 'manifest' ? topDocument(documents) : documents.config));
  }

  async #isThere(id: ImageId, name: string, layers: readonly LayerBlob[]): Promise<boolean> {
    if (!(await isComplete(this.#engine, name))) return false;
    const facts = await imageFacts(this.#engine, name);
    return facts?.id === id && facts.diffIds.join() === layers.map((layer) => layer.diffId).join();
  }
}

type Describe = () => Promise<ImageContents>;
