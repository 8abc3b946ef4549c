import type { LayerBlob } from '../../oci/blob.js';
import type { Piece } from '../contents/layer-scanner.js';
import type { FindKnown, KnownContent } from '../stores/changed-contents.js';
import type { Effort } from './pace.js';

/** How a host gets layers: whole, or as what differs from files that it has. Hosts that share one share what is packed. */
export interface Form {
  /** Packs one layer. */
  packer(layer: LayerBlob): Packer;
  /**
   * Whether the layer's contents are read for this form: `needed`, to pack it; `remembered`, for later deltas, if
   * possible; `unused`, where the target is on this machine.
   */
  readonly contents: 'needed' | 'remembered' | 'unused';
  /** How the host gets a layer that the source keeps as zstd, which not every engine reads; as it is unless given. */
  readonly zstd?: 'unpacked';
  /** Another form in which layers are packed alike, so that what is packed for one is for the other, too. */
  readonly like?: Form;
  /** Lets the source leave out files that the host has already, if the form allows that. */
  readonly spared?: Spared;
}

export interface Spared {
  find: FindKnown;
  /** Whether the host has such content. */
  has(content: KnownContent): boolean;
}

/** Writes one layer, as a file of the load archive, in one form. */
export interface Packer {
  /**
   * @param block the next bytes of the file, with its header and padding
   * @param pieces those of the layer in it, where a form needs them
   * @param effort how hard to compress it, where the form leaves a choice
   */
  pack(block: Buffer, pieces: readonly Piece[], effort: Effort): Promise<Buffer>;
  /** Takes the pieces that come after the last block. */
  end(pieces: readonly Piece[]): Promise<LastPortion>;
}

export interface LastPortion {
  packed: Buffer;
  /** The layer as the host has it then. */
  sent: LayerBlob;
}

/** Sends nothing, only indexes the contents. */
export const INDEX_ONLY: Form = {
  contents: 'needed',
  packer: (layer) => ({
    pack: () => Promise.resolve(Buffer.alloc(0)),
    end: () => Promise.resolve({ packed: Buffer.alloc(0), sent: layer }),
  }),
};

/** Finds content that all of the hosts have; undefined if one of the forms needs every byte of the layer. */
export function sparedByAll(forms: readonly Form[]): FindKnown | undefined {
  const spared = forms.flatMap((form) => form.spared ?? []);
  const [first] = spared;
  if (!first || spared.length < forms.length) return undefined;
  return (file) => {
    const content = first.find(file);
    return content && spared.every((host) => host.has(content)) ? content : undefined;
  };
}
