import { Writable } from 'node:stream';

/** A terminal for tests that understands what a report writes: enough of ECMA-48 to see what stands on the screen. */
export class Terminal extends Writable {
  isTTY = true;
  /** Bytes as they were written. */
  raw = '';
  #lines: string[] = [''];
  #row = 0;
  #column = 0;

  constructor(
    public columns = 80,
    public rows = 24,
  ) {
    super({ decodeStrings: false });
  }

  /** All lines down to the cursor's, without trailing blanks. */
  get text(): string {
    const lines = this.#lines.slice(0, this.#row + 1).map((line) => line.trimEnd());
    const below = this.#lines.slice(this.#row + 1).filter((line) => line.trim() !== '');
    return [...lines, ...below].join('\n');
  }

  asStream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  override _write(chunk: string | Buffer, _encoding: string, done: () => void): void {
    const text = String(chunk);
    this.raw += text;

    for (const [part, parameters, final] of text.matchAll(/\x1b\[([\d;?]*)([A-Za-z])|[\s\S]/gu)) {
      if (final === undefined) this.#print(part);
      else this.#control(final, parameters ?? '');
    }
    done();
  }

  #print(character: string): void {
    if (character === '\n') {
      this.#column = 0;
      this.#lines[++this.#row] ??= '';
    } else if (character === '\r') {
      this.#column = 0;
    } else {
      if (this.#column === this.columns) this.#print('\n');
      const line = this.#lines[this.#row]!.padEnd(this.#column);
      this.#lines[this.#row] = line.slice(0, this.#column) + character + line.slice(this.#column + 1);
      this.#column++;
    }
  }

  #control(final: string, parameters: string): void {
    const count = Number(parameters || 1);
    if (final === 'A') this.#row = Math.max(0, this.#row - count);
    else if (final === 'B') this.#row = Math.min(this.#lines.length - 1, this.#row + count);
    else if (final === 'K') {
      const kept = parameters === '2' ? 0 : this.#column;
      this.#lines[this.#row] = this.#lines[this.#row]!.slice(0, kept);
    }
  }
}

/** A pipe or file that remembers what was written to it. */
export class Pipe extends Writable {
  isTTY = false;
  text = '';

  asStream(): NodeJS.WriteStream {
    return this as unknown as NodeJS.WriteStream;
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.text += String(chunk);
    done();
  }
}
