import { isPlain, type LayerBlob, plainLayer } from '../../oci/blob.js';
import { plainDigest } from '../../oci/digest.js';
import { layerPath } from '../../oci/image-archive.js';
import { tarHeader, tarPadding } from '../../oci/tar-writer.js';
import { DeltaFailed } from '../base/failures.js';
import { keyOf, type KnownFiles } from '../contents/known-files.js';
import type { Place } from '../contents/layer-index.js';
import type { Piece } from '../contents/layer-scanner.js';
import type { KnownContent } from '../stores/changed-contents.js';
import type { Form, LastPortion, Packer, Spared } from './form.js';
import { Operations } from './operations.js';

/** Sends of a layer only what an image of the target does not have. */
export class DeltaForm implements Form {
  readonly contents = 'needed';
  readonly spared?: Spared;
  readonly #blocks: ReadonlyMap<string, Place>;

  /**
   * @param blocks what that image has, by hashes
   * @param known its files, where the source can tell which of them a layer has without reading the layer
   */
  constructor(blocks: ReadonlyMap<string, Place>, known?: KnownFiles) {
    this.#blocks = blocks;
    const has = (content: KnownContent) => content.blocks.every((hash) => blocks.has(hash));
    if (known) this.spared = { find: (file) => known.get(keyOf(file)), has };
  }

  packer(layer: LayerBlob): Packer {
    return new DeltaPacker(this.#blocks, layer);
  }
}

const NOTHING = Buffer.alloc(0);

/** Bytes of operations compressed at once: with more, compression is better; with fewer, sending starts earlier. */
const PACKED_TOGETHER = 2 ** 18;

/** Bytes of packed operations that are held back where they cannot be sent at once. */
const MOST_HELD_BACK = 64 * 2 ** 20;

/** Writes a layer, as a file of the load archive, in operations that rebuild it. It always arrives uncompressed. */
class DeltaPacker implements Packer {
  readonly #blocks: ReadonlyMap<string, Place>;
  readonly #layer: LayerBlob;
  readonly #operations = new Operations();
  /**
   * Operations that cannot be sent yet: the tar header in front of them has the layer's length, which may be known
   * only at its end.
   */
  readonly #heldBack?: Promise<Buffer>[];
  #bytesHeldBack = 0;
  #started = false;
  #size = 0;

  constructor(blocks: ReadonlyMap<string, Place>, layer: LayerBlob) {
    this.#blocks = blocks;
    this.#layer = layer;
    if (!isPlain(layer)) this.#heldBack = [];
  }

  async pack(_block: Buffer, pieces: readonly Piece[]): Promise<Buffer> {
    if (!this.#started && !this.#heldBack) this.#operations.literal(this.#header(this.#layer.size));
    this.#started = true;
    for (const piece of pieces) {
      const length = 'bytes' in piece ? piece.bytes.length : piece.length;
      this.#size += length;
      const place = piece.hash === undefined ? undefined : this.#blocks.get(piece.hash);
      if (place?.length === length) this.#operations.copy(place);
      else if ('bytes' in piece) this.#operations.literal(piece.bytes);
      else throw new DeltaFailed('a file that was not read is not there');
    }
    return this.#operations.length < PACKED_TOGETHER ? NOTHING : this.#take();
  }

  async end(pieces: readonly Piece[]): Promise<LastPortion> {
    const before = this.pack(NOTHING, pieces);
    this.#operations.literal(tarPadding(this.#size));
    const packed = await Promise.all([before, this.#take()]);
    const sent = plainLayer(this.#layer.diffId, this.#size);
    if (!this.#heldBack) return { packed: Buffer.concat(packed), sent };
    const begin = new Operations();
    begin.literal(this.#header(this.#size));
    return { packed: Buffer.concat(await Promise.all([begin.takeChunk(), ...this.#heldBack])), sent };
  }

  /** Packs the operations so far; empty if they have to be held back. */
  async #take(): Promise<Buffer> {
    const packed = this.#operations.takeChunk();
    if (!this.#heldBack) return packed;
    this.#heldBack.push(packed);
    this.#bytesHeldBack += (await packed).length;
    if (this.#bytesHeldBack > MOST_HELD_BACK) throw new DeltaFailed('too much differs');
    return NOTHING;
  }

  #header(size: number): Buffer {
    return tarHeader(layerPath(plainDigest(this.#layer.diffId)), size);
  }
}
