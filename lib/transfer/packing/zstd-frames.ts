const FRAME = 0xfd2fb528;
/** The first of sixteen: frames that hold no content. */
const SKIPPABLE = 0x184d2a50;

/** The part of a frame that comes next, and its length in bytes. */
type Part = [
  'magic' | 'skipped size' | 'descriptor' | 'header' | 'block' | 'rest' | 'last' | 'unknown',
  number,
];

const MAGIC: Part = ['magic', 4];

/**
 * Cuts zstd where its frames end (RFC 8878). Node's decoder goes on with another frame only in another chunk, and
 * silently drops one that begins in the same.
 */
export class ZstdFrames {
  #part: Part = MAGIC;
  #missing = 4;
  #begun: Buffer = Buffer.alloc(0);
  #hasChecksum = false;

  /** Passes bytes on in chunks of which none has parts of two frames. */
  push(bytes: Buffer): Buffer[] {
    const chunks: Buffer[] = [];
    let begin = 0;
    for (let at = 0; at < bytes.length;) {
      const piece = bytes.subarray(at, at + Math.min(this.#missing, bytes.length - at));
      at += piece.length;
      this.#missing -= piece.length;
      if (this.#isRead()) this.#begun = Buffer.concat([this.#begun, piece]);
      while (this.#missing === 0) this.#next();
      if (this.#part === MAGIC && this.#begun.length === 0) {
        chunks.push(bytes.subarray(begin, at));
        begin = at;
      }
    }
    if (begin < bytes.length) chunks.push(bytes.subarray(begin));
    return chunks;
  }

  #isRead(): boolean {
    return !['header', 'rest', 'last', 'unknown'].includes(this.#part[0]);
  }

  #next(): void {
    const bytes = this.#begun;
    this.#begun = Buffer.alloc(0);
    this.#part = this.#after(bytes);
    this.#missing = this.#part[1];
  }

  #after(bytes: Buffer): Part {
    switch (this.#part[0]) {
      case 'magic':
        return afterMagic(bytes.readUInt32LE());
      case 'skipped size':
        return ['last', bytes.readUInt32LE()];
      case 'descriptor':
        this.#hasChecksum = ((bytes[0] ?? 0) & 4) !== 0;
        return ['header', headerLength(bytes[0] ?? 0)];
      case 'block':
        return this.#afterBlock(bytes.readUIntLE(0, 3));
      case 'last':
        return MAGIC;
      case 'unknown':
        return ['unknown', Infinity];
      default:
        return ['block', 3];
    }
  }

  #afterBlock(header: number): Part {
    const isRepeated = ((header >> 1) & 3) === 1;
    const size = isRepeated ? 1 : header >> 3;
    const isLast = (header & 1) === 1;
    return isLast ? ['last', size + (this.#hasChecksum ? 4 : 0)] : ['rest', size];
  }
}

function afterMagic(magic: number): Part {
  if (magic === FRAME) return ['descriptor', 1];
  // Not zstd: the decoder will report it.
  return magic - (magic % 16) === SKIPPABLE ? ['skipped size', 4] : ['unknown', Infinity];
}

/** Bytes of a frame's header behind its descriptor: the window, the dictionary and the size of the content. */
function headerLength(descriptor: number): number {
  const isSingle = (descriptor & 32) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const size = [isSingle ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  return (isSingle ? 0 : 1) + dictionary + size;
}
