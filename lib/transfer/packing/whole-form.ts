import { BlockPacker, type Codec } from './compression.js';
import type { Form } from './form.js';

/** Sends whole layers, packed by a codec. */
export function wholeForm(codec: Codec): Form {
  return FORMS[codec];
}

const NOTHING = Buffer.alloc(0);

const FORMS: Readonly<Record<Codec, Form>> = {
  zstd: packedBy('zstd'),
  gzip: packedBy('gzip'),
  none: packedBy('none'),
};

function packedBy(codec: Codec): Form {
  return {
    contents: codec === 'none' ? 'unused' : 'remembered',
    packer(layer) {
      const packer = new BlockPacker(codec);
      return {
        pack: (block) => packer.pack(block),
        end: () => Promise.resolve({ packed: NOTHING, sent: layer }),
      };
    },
  };
}
