import type { EngineFacts } from '../../engine/types.js';
import { BlockPacker, type Codec } from './compression.js';
import type { Form } from './form.js';
import { readsZstd } from './unzstd.js';

/**
 * Sends whole layers, packed by a codec.
 *
 * @param zstd whether the host gets what is kept as zstd unpacked
 */
export function wholeForm(codec: Codec, zstd?: 'unpacked'): Form {
  return (zstd ? UNPACKED : FORMS)[codec];
}

/** As {@link wholeForm}, for what an engine reads. */
export function wholeFormFor(codec: Codec, facts: EngineFacts): Form {
  return wholeForm(codec, readsZstd(facts) ? undefined : 'unpacked');
}

const NOTHING = Buffer.alloc(0);

const FORMS: Readonly<Record<Codec, Form>> = {
  zstd: packedBy('zstd'),
  gzip: packedBy('gzip'),
  none: packedBy('none'),
};

const UNPACKED: Readonly<Record<Codec, Form>> = {
  zstd: { ...FORMS.zstd, zstd: 'unpacked', like: FORMS.zstd },
  gzip: { ...FORMS.gzip, zstd: 'unpacked', like: FORMS.gzip },
  none: { ...FORMS.none, zstd: 'unpacked', like: FORMS.none },
};

function packedBy(codec: Codec): Form {
  return {
    contents: codec === 'none' ? 'unused' : 'remembered',
    packer(layer) {
      const packer = new BlockPacker(codec);
      return {
        pack: (block, _pieces, effort) => packer.pack(block, effort),
        end: () => Promise.resolve({ packed: NOTHING, sent: layer }),
      };
    },
  };
}
