import { PassThrough, pipeline, type Readable, Writable } from 'node:stream';
import { copyOutput } from '../run/streams/output.js';
import { bytesOf } from '../text/bytes.js';
import { OutputLines } from '../text/output-lines.js';
import { errorOf } from '../text/thrown.js';

/** Lines that are kept, to be shown where something goes wrong. */
const KEPT = 50;

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
    const lines = new OutputLines();
    return new Writable({
      write: (chunk, _encoding, done) => {
        for (const line of lines.take(bytesOf(chunk))) this.#take(line);
        done();
      },
      final: (done) => {
        for (const line of lines.end()) this.#take(line);
        done();
      },
    });
  }

  #take(line: string): void {
    this.#last.push(line);
    if (this.#last.length > KEPT) this.#last.shift();
    for (const listener of this.#listeners) listener(line);
  }
}

/** What is written somewhere, also before that is known: podman 4.3 answers only when there is something. */
export function whenItComes(coming: Promise<Readable>): Readable {
  const through = new PassThrough();
  coming.then(
    (source) => pipeline(source, through, () => undefined),
    (error: unknown) => through.destroy(errorOf(error)),
  );
  return through;
}
