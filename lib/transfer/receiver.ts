import type { Engine } from '../engine/types.js';
import { compress, type Codec } from './compression.js';
import { digestOf } from './digest.js';
import { imageFacts } from './image-facts.js';
import { isComplete, removeUnnamedImage, tagImage, untagImage } from './image-names.js';
import type { LayerOrder } from './layer-order.js';
import { archiveHead, prefixImage, type ImageDocuments } from './load-archive.js';
import { load } from './load.js';
import { TAR_END } from './tar.js';
import { TEMPORARY_LABEL, TEMPORARY_REPOSITORY } from './temporary-names.js';
import type { LayerBlob, Platform } from './types.js';

/** The engine does not have the image that was loaded; the message is the reason, where it gave one. */
export class NotLoaded extends Error {}

type Bytes = AsyncIterable<Buffer> | Iterable<Buffer>;

/**
 * The receiving side of one transfer: loads archives, proves that the image in them is there, and keeps every layer
 * that has arrived by a temporary image of the layers so far, so that neither a broken link nor a prune loses it.
 *
 * All of it rejects with what the connection fails with.
 */
export class Receiver {
  /** Bytes of all archives so far, as packed. */
  bytesSent = 0;
  #loads = 0;
  #held?: string;

  /** @param id of the transfer: name and label of its temporary images */
  constructor(
    private readonly engine: Engine,
    private readonly platform: Platform,
    private readonly id: string,
    readonly codec: Codec,
    private readonly signal: AbortSignal,
  ) {}

  /** Whether the target has these layers, base first; if so they are held, in place of those that were before. */
  async has(layers: readonly LayerBlob[]): Promise<boolean> {
    try {
      await this.#hold(layers, []);
      return true;
    } catch (error) {
      if (error instanceof NotLoaded) return false;
      throw error;
    }
  }

  /**
   * Sends the last of these layers; all before it are there. Afterwards all are held.
   *
   * @param onProgress told the layer's bytes as they go
   * @throws NotLoaded, and what the order fails with
   */
  async send(
    layers: readonly LayerBlob[],
    order: LayerOrder,
    onProgress: (bytes: number) => void,
  ): Promise<void> {
    await this.#hold(layers, portionsOf(order, onProgress));
  }

  /**
   * Loads the image itself, all of whose layers are there, proves it, and only then gives it its name.
   *
   * @returns the target's ID of it
   * @throws NotLoaded
   */
  async finish(documents: ImageDocuments, layers: readonly LayerBlob[], reference: string): Promise<string> {
    const { id, name } = await this.#load(documents, layers, []);
    await tagImage(this.engine, id, reference);
    await untagImage(this.engine, name);
    return id;
  }

  /** Lets go of the layers that are held. */
  async release(): Promise<void> {
    if (this.#held !== undefined) await untagImage(this.engine, this.#held);
    this.#held = undefined;
  }

  async #hold(layers: readonly LayerBlob[], portions: Bytes): Promise<void> {
    const documents = prefixImage(layers, this.platform, { [TEMPORARY_LABEL]: this.id });
    const { name } = await this.#load(documents, layers, portions);
    await this.release();
    this.#held = name;
  }

  /** Loads an image without touching any tag but a new temporary one, and proves that it is there. */
  async #load(
    documents: ImageDocuments,
    layers: readonly LayerBlob[],
    portions: Bytes,
  ): Promise<{ id: string; name: string }> {
    const { store } = await this.engine.facts();
    const id = digestOf(store === 'containerd' ? documents.manifest : documents.config);
    const name = `${TEMPORARY_REPOSITORY}:${this.id}-${++this.#loads}`;
    const failure = await load(
      this.engine,
      this.#archive(archiveHead(documents, layers), portions),
      this.signal,
    );
    if (failure === undefined && (await this.#isThere(id, name, layers))) return { id, name };
    await untagImage(this.engine, name);
    await removeUnnamedImage(this.engine, id);
    throw new NotLoaded(failure ?? 'the engine loaded it without an error, but does not have it');
  }

  async *#archive(head: Buffer, portions: Bytes): AsyncGenerator<Buffer> {
    for await (const part of this.#parts(head, portions)) {
      this.bytesSent += part.length;
      yield part;
    }
  }

  async *#parts(head: Buffer, portions: Bytes): AsyncGenerator<Buffer> {
    yield await compress(this.codec, head);
    yield* portions;
    yield await compress(this.codec, TAR_END);
  }

  async #isThere(id: string, name: string, layers: readonly LayerBlob[]): Promise<boolean> {
    if (!(await tagImage(this.engine, id, name)) || !(await isComplete(this.engine, name))) return false;
    const facts = await imageFacts(this.engine, name);
    return facts?.id === id && facts.diffIds.join() === layers.map((layer) => layer.diffId).join();
  }
}

async function* portionsOf(order: LayerOrder, onProgress: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const { packed, plain } of order.portions) {
    yield packed;
    onProgress(plain);
  }
}
