import type { LayerBlob } from '../../oci/blob.js';
import type { Piece } from '../contents/layer-scanner.js';
import type { FindKnown, KnownContent } from '../stores/changed-contents.js';

/** How a host gets layers: whole, or as what differs from files that it has. Hosts that share one share what is packed. */
export interface Form {
  /** Packs one layer. */
  packer(layer: LayerBlob): Packer;
  /**
   * Whether a layer is taken apart for it: `needed` to pack it, `remembered` for later deltas where that can be done,
   * `unused` where no wire is between the engines.
   */
  readonly contents: 'needed' | 'remembered' | 'unused';
  /** How the host gets a layer that the source keeps as zstd, which not every engine reads; as it is unless given. */
  readonly zstd?: 'unpacked';
  /** What of a layer need not even be read. */
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
   */
  pack(block: Buffer, pieces: readonly Piece[]): Promise<Buffer>;
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

/** Finds what every one of these hosts has; undefined where one of them wants a layer's very bytes. */
export function sparedByAll(forms: readonly Form[]): FindKnown | undefined {
  const spared = forms.flatMap((form) => form.spared ?? []);
  const [first] = spared;
  if (!first || spared.length < forms.length) return undefined;
  return (file) => {
    const content = first.find(file);
    return content && spared.every((host) => host.has(content)) ? content : undefined;
  };
}
