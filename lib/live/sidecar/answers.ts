import type { RootPath } from './operations.js';

/** What helper/sync.c answers. */
export type Answer =
  | { kind: 'done' }
  | { kind: 'failure'; errno: number; at: RootPath }
  | { kind: 'sight'; what: Sight; mode: number; digest: string };

/** What stands at a path. */
export type Sight = 'nothing' | 'file' | 'folder' | 'link' | 'other';

const SIGHTS: readonly Sight[] = ['nothing', 'file', 'folder', 'link', 'other'];
const DIGEST = 32;

/** Takes answers out of the bytes of the output, as they come. */
export class AnswerReader {
  #rest = Buffer.alloc(0);

  *push(bytes: Buffer): Generator<Answer> {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    for (;;) {
      const cursor = new Cursor(this.#rest);
      try {
        const answer = readAnswer(cursor);
        this.#rest = this.#rest.subarray(cursor.at);
        yield answer;
      } catch (error) {
        if (error instanceof Incomplete) return;
        throw error;
      }
    }
  }
}

class Incomplete extends Error {}

class Cursor {
  at = 0;

  constructor(readonly bytes: Buffer) {}

  take(length: number): Buffer {
    const end = this.at + length;
    if (end > this.bytes.length) throw new Incomplete();
    const taken = this.bytes.subarray(this.at, end);
    this.at = end;
    return taken;
  }

  number(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const digit = this.take(1).readUInt8();
      value += (digit & 127) * factor;
      if (digit < 128) return value;
    }
  }
}

function readAnswer(cursor: Cursor): Answer {
  const letter = cursor.take(1).toString('latin1');
  switch (letter) {
    case 'A':
      return { kind: 'done' };
    case 'E': {
      const errno = cursor.number();
      cursor.take(1);
      const root = cursor.number();
      return { kind: 'failure', errno, at: { root, path: cursor.take(cursor.number()).toString() } };
    }
    case 'C': {
      const what = SIGHTS[cursor.number()] ?? 'other';
      const mode = cursor.number();
      return { kind: 'sight', what, mode, digest: cursor.take(DIGEST).toString('hex') };
    }
    default:
      throw new Error(`an answer of the helper begins with ${JSON.stringify(letter)}`);
  }
}
