import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { LayerBlob } from '../../oci/blob.js';
import type { DiffId, ImageId } from '../../oci/digest.js';
import type { ImageDocuments } from '../../oci/image-archive.js';
import type { Reference } from '../../oci/reference.js';
import type { Codec } from '../packing/compression.js';
import type { LayerOrder } from '../packing/layer-order.js';
import type { RebuildContainer } from './rebuild-container.js';

/** An image as it stands in an archive. */
export interface ImageContents {
  documents: ImageDocuments;
  layers: readonly LayerBlob[];
}

/** Called with the bytes of an order, before packing, as they are sent. */
export type OnProgress = (order: LayerOrder, bytes: number) => void;

/** Layers on their way. */
export interface Sending {
  orders: readonly LayerOrder[];
  onProgress: OnProgress;
  /** Where the orders are of deltas. */
  rebuild?: RebuildContainer;
}

/**
 * The receiving side of one transfer: takes layers, proves that the image of them is there, and keeps every layer that has
 * arrived, so that neither a broken link nor a prune loses it.
 *
 * All of it rejects with what the connection fails with.
 */
export interface Receiver {
  readonly codec: Codec;
  /** Bytes of all that was sent so far, as packed. */
  readonly bytesSent: number;
  /** Bytes that came from another host instead. */
  readonly bytesGiven: number;
  /** Gets by its own connection what no other host gets at this time. */
  leaveOthers(): void;
  /** Gets whatever comes from now on by its own connection. */
  goAlone(): void;
  /** The files in which the target keeps layers of these images of its own. */
  formsOf(images: readonly ImageFacts[]): Promise<Map<DiffId, LayerBlob>>;
  /** Asks whether the target has these layers, base first. If so, they are held from now on. */
  has(layers: readonly LayerBlob[]): Promise<boolean>;
  /**
   * Sends layers on top of those that are there. Afterwards all are held.
   *
   * @param layers all of them, base first; asked for when the ordered ones have come
   * @throws {NotLoaded} (of deltas DeltaFailed), and what an order fails with
   */
  send(sending: Sending, layers: () => Promise<readonly LayerBlob[]>): Promise<void>;
  /**
   * Sends the last layers, if any are missing, with the image itself; proves it, and only then gives it its name.
   *
   * @param contents asked for when the ordered layers have come
   * @returns the target's ID of it
   * @throws {NotLoaded} (of deltas DeltaFailed), and what an order fails with
   */
  finish(sending: Sending, contents: () => Promise<ImageContents>, reference: Reference): Promise<ImageId>;
  /** Lets go of the layers that it held. */
  release(): Promise<void>;
}
