import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import type { LayerBlob } from '../../oci/blob.js';
import type { DiffId } from '../../oci/digest.js';
import { drained } from '../../system/drained.js';
import { Outpaced } from '../base/failures.js';
import type { Form } from './form.js';

/** A packed piece of a layer's file in the load archive. */
export interface Portion {
  packed: Buffer;
  /** Bytes before packing. */
  plain: number;
}

/** Portions (of half a megabyte each) buffered for each host before the source pauses. */
const BUFFERED_PORTIONS = 8;

/** One host's order for one layer: the feed writes its portions into it, the host reads them at its own pace. */
export class LayerOrder {
  readonly #after: readonly LayerOrder[];
  /** Resolves when the first portion of the layer is about to be written. */
  readonly blob: Promise<LayerBlob>;
  /** The file that the host got the layer as; set when all portions have been written. */
  sent?: LayerBlob;
  /** Milliseconds during which all other hosts had to wait for this one. */
  held = 0;
  /** Number of times that the whole archive was read without this layer in it. */
  missed = 0;
  /** Bytes of the layer's file, before packing, that have been written. */
  written = 0;
  readonly #portions = new PassThrough({
    objectMode: true,
    readableHighWaterMark: 1,
    writableHighWaterMark: BUFFERED_PORTIONS,
  });
  readonly #leave?: (order: LayerOrder) => void;
  #begin!: (blob: LayerBlob) => void;
  #refuse!: (error: Error) => void;

  /**
   * @param after orders of the same host that have to be complete before this one is read
   * @param leave called when the host is too slow for the others; another feed then continues the order where it
   *   stands
   */
  constructor(
    readonly diffId: DiffId,
    readonly form: Form,
    after: readonly LayerOrder[],
    leave?: (order: LayerOrder) => void,
  ) {
    this.#after = after;
    this.#leave = leave;
    this.blob = new Promise((resolve, reject) => {
      this.#begin = resolve;
      this.#refuse = reject;
    });
    this.blob.catch(() => undefined); // Reported to whoever reads the portions, too.
    this.#portions.on('error', () => undefined);
  }

  /** The portions, in order; throws what the order failed with. */
  get portions(): AsyncIterable<Portion> {
    return this.#portions as AsyncIterable<Portion>;
  }

  /** Whether the host reads portions of it now. */
  get isOpen(): boolean {
    return this.#after.every((order) => order.ended);
  }

  /** Number of portions that the host has not read. */
  get waiting(): number {
    return this.#portions.writableLength + this.#portions.readableLength;
  }

  /** Whether all portions have been written. */
  get ended(): boolean {
    return this.#portions.writableEnded;
  }

  /** Resolves when the host has read the last portion, or the order has failed. */
  async taken(): Promise<void> {
    if (!this.#portions.closed) await once(this.#portions, 'close').catch(() => undefined);
  }

  begin(blob: LayerBlob): void {
    this.#begin(blob);
  }

  /** Writes a portion; resolves when the host's buffer has room for the next one, or the order has failed. */
  async write(portion: Portion): Promise<void> {
    if (this.failed) return;
    this.written += portion.plain;
    if (this.#portions.write(portion)) return;
    await drained(this.#portions);
  }

  /**
   * Takes the order from a feed whose other hosts must not wait for it any longer. Whole layers continue in a feed
   * of their own; deltas fail, and start anew.
   */
  outpaced(): void {
    if (!this.#leave || this.form.contents === 'needed') return this.fail(new Outpaced());
    this.#leave(this);
  }

  end(sent: LayerBlob): void {
    this.sent = sent;
    this.#portions.end();
  }

  /** Fails the order, on behalf of the feed or of the host. */
  fail(error: Error): void {
    this.#refuse(error);
    this.#portions.destroy(error);
  }

  get failed(): boolean {
    return this.#portions.destroyed && !this.#portions.readableEnded;
  }
}
