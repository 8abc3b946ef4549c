import { StringDecoder } from 'node:string_decoder';

/** Characters of a line, of which more is cut off. */
const LONGEST_LINE = 4096;

/** The lines of a stream of text that comes in pieces, each without its end. */
export class OutputLines {
  readonly #decoder = new StringDecoder('utf8');
  #rest = '';

  /** @returns the lines that have ended by now */
  take(bytes: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
    return lines.map(lineOf);
  }

  /** @returns the last one, where it has no end */
  end(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : [lineOf(rest)];
  }
}

function lineOf(text: string): string {
  return text.slice(0, LONGEST_LINE).replace(/\r$/, '');
}
