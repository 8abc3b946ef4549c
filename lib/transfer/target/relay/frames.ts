/** What goes into a relay program and comes out of it; see relay.c. */
export interface Frame {
  type: string;
  first: number;
  bytes: Buffer;
}

const HEADER = 13;
const NOTHING = Buffer.alloc(0);

/** The head of a frame, behind which its bytes follow. */
export function frameHead(type: string, first: number, second: number, length: number): Buffer {
  const head = Buffer.alloc(HEADER, type, 'latin1');
  head.writeUInt32LE(first, 1);
  head.writeUInt32LE(second, 5);
  head.writeUInt32LE(length, 9);
  return head;
}

/** Takes frames out of what comes in pieces. */
export class FrameReader {
  #rest: Buffer = NOTHING;

  push(bytes: Buffer): Frame[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const frames: Frame[] = [];
    for (let end = this.#end(); end !== undefined; end = this.#end()) {
      const [type, first] = [this.#rest.toString('latin1', 0, 1), this.#rest.readUInt32LE(1)];
      frames.push({ type, first, bytes: this.#rest.subarray(HEADER, end) });
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }

  #end(): number | undefined {
    if (this.#rest.length < HEADER) return undefined;
    const end = HEADER + this.#rest.readUInt32LE(9);
    return this.#rest.length < end ? undefined : end;
  }
}
