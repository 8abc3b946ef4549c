import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { makerOf } from '../../engine/makers/index.js';
import type { Engine } from '../../engine/types.js';

/** How the body of a load is packed; each block is a member (gzip) or frame (zstd) of its own, which engines join. */
export type Codec = 'zstd' | 'gzip' | 'none';

/** Bytes that are compressed at a time: large enough to lose nothing by it, small enough to use every core. */
export const BLOCK_SIZE = 2 ** 19;

/** A block that is still larger than this part of its size after compression counts as incompressible. */
const WORTHWHILE = 0.95;

/** Most blocks that are stored without an attempt after an incompressible one. */
const LONGEST_SKIP = 16;

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const zstd = 'zstdCompress' in zlib && promisify(zlib.zstdCompress as typeof zlib.deflate);

/** The best codec that this Node can write and that engine can read; none where no wire is between them. */
export async function codecFor(target: Engine): Promise<Codec> {
  if (!target.address.remote) return 'none';
  const facts = await target.facts();
  return zstd && makerOf(facts).unpacksZstd(facts.version) ? 'zstd' : 'gzip';
}

/**
 * Compresses the blocks of one layer. After one that did not shrink, the next ones are stored without an attempt:
 * one at first, twice as many each further time.
 */
export class BlockPacker {
  readonly #codec: Codec;
  #skip = 0;
  #skipped = 0;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  async pack(block: Buffer): Promise<Buffer> {
    if (this.#codec === 'none') return block;
    if (this.#skipped < this.#skip) {
      this.#skipped++;
      return store(this.#codec, block);
    }
    const packed = await compress(this.#codec, block);
    const pays = packed.length < block.length * WORTHWHILE;
    this.#skip = pays ? 0 : Math.min(LONGEST_SKIP, Math.max(1, 2 * this.#skip));
    this.#skipped = 0;
    return packed;
  }
}

/** A block in the codec's form, as small as its fastest level makes it. */
export function compress(codec: Codec, block: Buffer): Promise<Buffer> {
  if (codec === 'zstd' && zstd) return zstd(block);
  return codec === 'none' ? Promise.resolve(block) : gzip(block, { level: 1 });
}

/** A block in the codec's form, as it is. */
function store(codec: Codec, block: Buffer): Promise<Buffer> {
  return codec === 'gzip' ? gzip(block, { level: 0 }) : compress(codec, block);
}
