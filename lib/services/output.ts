import { type Readable, Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { copyOutput } from '../run/streams/output.js';
import { bytesOf } from '../text/bytes.js';

/** Lines that are kept, to be shown where something goes wrong; and characters of one, of which more is cut off. */
const KEPT = 50;
const LONGEST_LINE = 4096;

/** What a service writes, line by line. */
export class Output {
  readonly #last: string[] = [];
  readonly #listeners = new Set<(line: string) => void>();
  readonly #source: Readable;
  readonly #framed: boolean;
  #ended: Promise<void> = Promise.resolve();

  /** @param framed false where the service has a terminal */
  constructor(source: Readable, framed: boolean) {
    this.#source = source;
    this.#framed = framed;
    source.on('error', () => undefined);
  }

  /** Begins to read: whoever listens by now misses nothing. */
  begin(): void {
    const streams = { stdout: this.#sink(), stderr: this.#sink() };
    // A connection that breaks is told by those who wait for the service itself.
    this.#ended = copyOutput(this.#source, streams, this.#framed)
      .catch(() => undefined)
      .then(() => {
        streams.stdout.end();
        streams.stderr.end();
      });
  }

  /** Resolves when there is nothing more to come. */
  get ended(): Promise<void> {
    return this.#ended;
  }

  /** The last lines so far. */
  get last(): readonly string[] {
    return this.#last;
  }

  /** Calls `listener` with each line from now on, until the returned function is called. */
  listen(listener: (line: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  close(): void {
    this.#source.destroy();
  }

  #sink(): Writable {
    const decoder = new StringDecoder('utf8');
    let rest = '';
    return new Writable({
      write: (chunk, _encoding, done) => {
        const lines = (rest + decoder.write(bytesOf(chunk))).split('\n');
        rest = (lines.pop() ?? '').slice(0, LONGEST_LINE);
        for (const line of lines) this.#take(line);
        done();
      },
      final: (done) => {
        rest += decoder.end();
        if (rest !== '') this.#take(rest);
        done();
      },
    });
  }

  #take(line: string): void {
    const text = line.slice(0, LONGEST_LINE).replace(/\r$/, '');
    this.#last.push(text);
    if (this.#last.length > KEPT) this.#last.shift();
    for (const listener of this.#listeners) listener(text);
  }
}
