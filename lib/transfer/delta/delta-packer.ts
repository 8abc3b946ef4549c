import { plainLayer } from '../archive-index.js';
import { blobPath } from '../digest.js';
import type { LastPortion, Packer } from '../packer.js';
import { tarHeader, tarPadding } from '../tar.js';
import type { LayerBlob } from '../types.js';
import { DeltaFailed } from './delta-failed.js';
import type { Place } from './layer-index.js';
import type { Piece } from './layer-scanner.js';
import { Operations } from './operations.js';

/** Sends of a layer only what an image of the target does not have. */
export interface DeltaForm {
  /** What that image has, by hashes. */
  blocks: ReadonlyMap<string, Place>;
}

const NOTHING = Buffer.alloc(0);

/** Bytes of packed operations that are held back where they cannot be sent at once. */
const MOST_HELD_BACK = 64 * 2 ** 20;

/** Writes a layer, as a file of the load archive, in operations that rebuild it. It always arrives uncompressed. */
export class DeltaPacker implements Packer {
  readonly #operations = new Operations();
  /** Where the length that a tar header begins with is known only in the end. */
  readonly #heldBack?: Promise<Buffer>[];
  #bytesHeldBack = 0;
  #started = false;
  #size = 0;

  constructor(
    private readonly form: DeltaForm,
    private readonly layer: LayerBlob,
  ) {
    if (layer.digest !== layer.diffId) this.#heldBack = [];
  }

  async pack(_block: Buffer, pieces: readonly Piece[]): Promise<Buffer> {
    const header = this.#started || this.#heldBack ? [] : [this.#header(this.layer.size)];
    this.#started = true;
    for (const { bytes } of pieces) this.#size += bytes.length;
    const packed = this.#write([...header, ...pieces]);
    this.#heldBack?.push(packed);
    const { length } = await packed;
    if (!this.#heldBack) return packed;
    this.#bytesHeldBack += length;
    if (this.#bytesHeldBack > MOST_HELD_BACK) throw new DeltaFailed('too much differs');
    return NOTHING;
  }

  async end(pieces: readonly Piece[]): Promise<LastPortion> {
    const last = this.pack(NOTHING, pieces);
    const padding = this.#write([{ bytes: tarPadding(this.#size) }]);
    const before = this.#heldBack ? [this.#write([this.#header(this.#size)]), ...this.#heldBack] : [last];
    const packed = Buffer.concat(await Promise.all([...before, padding, last.then(() => NOTHING)]));
    return { packed, sent: plainLayer(this.layer.diffId, this.#size) };
  }

  #header(size: number): Piece {
    return { bytes: tarHeader(blobPath(this.layer.diffId), size) };
  }

  #write(pieces: readonly Piece[]): Promise<Buffer> {
    this.#operations.chunk(
      pieces.reduce((sum, { bytes }) => sum + bytes.length, 0),
      () => {
        for (const { bytes, hash } of pieces) {
          const place = hash === undefined ? undefined : this.form.blocks.get(hash);
          if (place?.length === bytes.length) this.#operations.copy(place);
          else this.#operations.literal(bytes);
        }
      },
    );
    return this.#operations.take();
  }
}
