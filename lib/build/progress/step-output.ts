import { StringDecoder } from 'node:string_decoder';
import { trimmed } from '../../text/trim.js';

/** Characters after which a line is taken for one, though it has no end yet. */
const LONGEST_LINE = 64 << 10;

/** What one step prints, cut into lines wherever the engine's messages end. */
export class StepOutput {
  /** How many lines of a failing step its error repeats. */
  static readonly KEPT = 20;

  readonly #decoder = new StringDecoder('utf8');
  #rest = '';
  /** The last lines so far. */
  readonly last: string[] = [];

  /** @returns the lines that are now complete */
  add(bytes: Buffer): string[] {
    const lines = (this.#rest + this.#decoder.write(bytes)).split('\n');
    this.#rest = lines.pop() ?? '';
    if (this.#rest.length > LONGEST_LINE) {
      lines.push(this.#rest);
      this.#rest = '';
    }
    return this.#keep(lines);
  }

  /** @returns the line that the output ends with, where that has no end of its own */
  end(): string[] {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    return rest === '' ? [] : this.#keep([rest]);
  }

  #keep(lines: string[]): string[] {
    // A progress bar rewrites its line: what it showed last is the line.
    const shown = lines.map((line) => trimmed(line, /\r/, 'end').split('\r').at(-1) ?? '');
    this.last.push(...shown);
    this.last.splice(0, this.last.length - StepOutput.KEPT);
    return shown;
  }
}
