import { BlockPacker, type Codec } from './compression.js';
import { DeltaPacker, type DeltaForm } from './delta-packer.js';
import type { Piece } from '../contents/layer-scanner.js';
import type { LayerBlob } from '../base/types.js';

/** How a host gets a layer: whole, or as what differs from files that it has; `index` gets nothing of it. */
export type Form = Codec | DeltaForm | 'index';

/** Writes one layer, as a file of the load archive, in one form. */
export interface Packer {
  /**
   * @param block the next bytes of the file, with its header and padding
   * @param pieces those of the layer in it, where a form needs them
   */
  pack(block: Buffer, pieces: readonly Piece[]): Promise<Buffer>;
  /** Tells the pieces that come after the last block. */
  end(pieces: readonly Piece[]): Promise<LastPortion>;
}

export interface LastPortion {
  packed: Buffer;
  /** The layer as the host has it then. */
  sent: LayerBlob;
}

export function packerFor(form: Form, layer: LayerBlob): Packer {
  if (typeof form === 'object') return new DeltaPacker(form, layer);
  const last = () => Promise.resolve({ packed: NOTHING, sent: layer });
  if (form === 'index') return { pack: () => Promise.resolve(NOTHING), end: last };
  const packer = new BlockPacker(form);
  return { pack: (block) => packer.pack(block), end: last };
}

const NOTHING = Buffer.alloc(0);
