import type { RootPath } from './operations.js';

/** What helper/sync.c answers. */
export type Answer =
  | { kind: 'done' }
  | { kind: 'failure'; errno: number; at: RootPath }
  | { kind: 'sight'; what: Sight; mode: number; digest: string }
  | { kind: 'entry'; entry: Entry }
  /** Entries are those that came before it. @property now nanoseconds since 1970, of the engine's clock */
  | { kind: 'listed'; entries: readonly Entry[]; now: bigint }
  | { kind: 'part'; state: State; bytes: Buffer };

/** Tells two states of a file apart. All 0 of none. */
export interface State {
  inode: number;
  /** Nanoseconds since 1970. */
  modified: bigint;
  /** Bytes. */
  size: number;
}

/** One of a folder. */
export interface Entry extends State {
  name: string;
  what: Sight;
  mode: number;
}

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

  text(): string {
    return this.take(this.number()).toString();
  }
}

function readNanos(cursor: Cursor): bigint {
  const seconds = BigInt(cursor.number());
  return seconds * 1_000_000_000n + BigInt(cursor.number());
}

function readState(cursor: Cursor): State {
  return { inode: cursor.number(), modified: readNanos(cursor), size: cursor.number() };
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
      return { kind: 'failure', errno, at: { root, path: cursor.text() } };
    }
    case 'C': {
      const what = SIGHTS[cursor.number()] ?? 'other';
      const mode = cursor.number();
      return { kind: 'sight', what, mode, digest: cursor.take(DIGEST).toString('hex') };
    }
    case 'N': {
      const what = SIGHTS[cursor.number()] ?? 'other';
      const mode = cursor.number();
      return { kind: 'entry', entry: { what, mode, ...readState(cursor), name: cursor.text() } };
    }
    case 'S':
      return { kind: 'listed', entries: [], now: readNanos(cursor) };
    case 'R':
      return { kind: 'part', state: readState(cursor), bytes: cursor.take(cursor.number()) };
    default:
      throw new Error(`an answer of the helper begins with ${JSON.stringify(letter)}`);
  }
}
