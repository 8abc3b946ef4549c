import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { makerOf } from '../../engine/makers/index.js';
import type { Engine } from '../../engine/types.js';
import type { Effort } from './pace.js';
import { storedGzip, storedZstd } from './stored-block.js';

/** How the body of a load is packed; each block is a member (gzip) or frame (zstd) of its own, which engines join. */
export type Codec = 'zstd' | 'gzip' | 'none';

/** Bytes that are compressed at a time: large enough to lose nothing by it, small enough to use every core. */
export const BLOCK_SIZE = 2 ** 19;

/** A block that is still larger than this part of its size after compression counts as incompressible. */
const WORTHWHILE = 0.95;

/** Most blocks that are stored without an attempt after an incompressible one. */
const LONGEST_SKIP = 16;

/** What is packed comes in one piece, though it be larger than the block: each piece more is a way to another thread. */
const CHUNK_SIZE = BLOCK_SIZE + 2 ** 14;

/** Levels of compression. A block by itself takes zstd's sixth to be as small as a stream is at its third. */
const LEVELS = { gzip: { little: 1, much: 6 }, zstd: { little: 1, much: 6 } };

/** `ZSTD_c_compressionLevel`, which Node has from 22.15 on. */
const ZSTD_LEVEL = 100;

const gzip = promisify<zlib.InputType, zlib.ZlibOptions, Buffer>(zlib.gzip);
const zstd = 'zstdCompress' in zlib && isCompression(zlib.zstdCompress) && promisify(zlib.zstdCompress);

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

  /** @param effort at most so much */
  async pack(block: Buffer, effort: Effort): Promise<Buffer> {
    if (effort === 'none' || this.#codec === 'none') return stored(this.#codec, block);
    if (this.#skipped < this.#skip) {
      this.#skipped++;
      return stored(this.#codec, block);
    }
    const packed = await compress(this.#codec, block, effort);
    const pays = packed.length < block.length * WORTHWHILE;
    this.#skip = pays ? 0 : Math.min(LONGEST_SKIP, Math.max(1, 2 * this.#skip));
    this.#skipped = 0;
    return packed;
  }
}

/** A block in the codec's form. */
export async function compress(
  codec: Codec,
  block: Buffer,
  effort: Exclude<Effort, 'none'> = 'little',
): Promise<Buffer> {
  if (codec === 'none') return block;
  const level = LEVELS[codec][effort];
  if (codec === 'zstd' && zstd)
    return zstd(block, { chunkSize: CHUNK_SIZE, params: { [ZSTD_LEVEL]: level } });
  return gzip(block, { chunkSize: CHUNK_SIZE, level });
}

/** A block in the codec's form, as it is. */
function stored(codec: Codec, block: Buffer): Buffer {
  if (codec === 'none') return block;
  return codec === 'gzip' ? storedGzip(block) : storedZstd(block);
}

type Compression = (
  bytes: Buffer,
  options: object,
  callback: (error: Error | null, packed: Buffer) => void,
) => void;

function isCompression(value: unknown): value is Compression {
  return typeof value === 'function';
}
