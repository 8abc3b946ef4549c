import type { Duplex, Readable } from 'node:stream';
import type { Report } from '../report/types.js';
import { UserError } from '../text/user-error.js';
import type { RunStreams } from './means.js';
import { DetachKeyWatcher } from './streams/detach-keys.js';
import { copyInput } from './streams/input.js';
import { copyOutput, OutputClosed } from './streams/output.js';
import { enterRawMode, followSize } from './streams/terminal.js';

/** What a shell gives a command of a pipe whose reader has gone: 128 + SIGPIPE. */
const BROKEN_PIPE = 141;
/** A terminal cannot be resized before the process inside has begun. */
const RESIZE_TRIES = 10;
const RESIZE_PAUSE = 20;

/** What runs in the foreground: a container, or a program in one. */
export interface Served {
  /** For messages. */
  title: string;
  tty: boolean;
  takesInput: boolean;
  resize: (size: { rows: number; columns: number }) => Promise<void>;
  /** Ends it, where its output can no longer be written. */
  stop: () => Promise<void>;
  /** What there is to say when the user has detached from it. */
  detached: string;
}

/** Where it is shown. */
interface Shown {
  streams: RunStreams;
  report: Report;
}

/** How it is connected, and waited for. */
interface Attached {
  /** Its output, and its input where that goes the same way. */
  connection: Readable;
  /** Absent where it takes none any more. */
  input?: Duplex;
  /** Its exit status, once it has ended. */
  status: Promise<number>;
  /** Ends the waiting. */
  waiting: AbortController;
  detachKeys: readonly number[];
}

/** The connection between what runs and the standard streams. */
export class Foreground {
  readonly #served: Served;
  readonly #input?: Duplex;
  readonly #status: Promise<number>;
  readonly #detachKeys: readonly number[];
  readonly #options: Shown;
  readonly #cleanUps: (() => void)[] = [];
  readonly #output: Promise<void>;
  #isLeft = false;
  #heardAt = Date.now();

  constructor(served: Served, { connection, input, status, waiting, detachKeys }: Attached, options: Shown) {
    this.#served = served;
    this.#input = input;
    this.#status = status;
    this.#detachKeys = detachKeys;
    this.#options = options;
    const { streams, report } = options;
    this.#cleanUps.push(
      () => waiting.abort(),
      () => connection.destroy(),
      () => input?.destroy(),
    );
    if (this.#hasTerminal) this.#cleanUps.push(report.suspend(), enterRawMode(streams.stdin));
    this.#output = copyOutput(this.#heard(connection), streams, !served.tty);
    this.#output.catch(() => undefined);
  }

  /**
   * Serves what has been started, until it ends or the user detaches from it. Resolves to the exit
   * status.
   */
  async finish(): Promise<number> {
    try {
      const detached = this.#giveInput();
      this.#followSize();
      const end = await Promise.race([this.#output, detached, this.#failure()]);
      if (end !== 'detached') return await this.#status;
    } catch (error) {
      if (!(error instanceof OutputClosed)) throw error;
      return await this.#endWithoutReader(error);
    } finally {
      this.release();
    }
    this.#isLeft = true;
    this.#options.report.info(this.#served.detached);
    return 0;
  }

  /** Whether the container has ended, and was not left by its detach keys. */
  get hasEnded(): boolean {
    return !this.#isLeft;
  }

  /** When its output was heard last, in milliseconds since 1970. */
  get heardAt(): number {
    return this.#heardAt;
  }

  /** Gives the terminal and standard input back. */
  release(): void {
    for (const cleanUp of this.#cleanUps.splice(0).reverse()) cleanUp();
  }

  async *#heard(connection: Readable): AsyncGenerator<unknown> {
    for await (const piece of connection) {
      this.#heardAt = Date.now();
      yield piece;
    }
  }

  get #hasTerminal(): boolean {
    const { tty, takesInput } = this.#served;
    return tty && takesInput && this.#options.streams.stdin.isTTY;
  }

  /**
   * Passes on what is typed, or was since the terminal is raw: not before the container has started, because a Ctrl-C
   * ends the engine's start half-way. Resolves when the user detaches.
   */
  #giveInput(): Promise<'detached'> {
    const { stdin } = this.#options.streams;
    const input = this.#input;
    return new Promise((resolve) => {
      if (!this.#served.takesInput || !input) return;
      const watcher = this.#hasTerminal ? new DetachKeyWatcher(this.#detachKeys) : undefined;
      const onDetach = () => resolve('detached');
      this.#cleanUps.push(copyInput(stdin, input, { watcher, onDetach }));
    });
  }

  /** Rejects when the container cannot be waited for any more; never resolves. */
  async #failure(): Promise<never> {
    await this.#status;
    return await new Promise<never>(() => undefined);
  }

  #followSize(): void {
    const { stdout } = this.#options.streams;
    if (!this.#served.tty || !stdout.isTTY) return;
    const resize = () => this.#served.resize(stdout);
    this.#cleanUps.push(followSize(stdout, () => void resize().catch(() => undefined)));
    void this.#resizeFirst(resize);
  }

  async #resizeFirst(resize: () => Promise<void>): Promise<void> {
    for (let attempt = 1; attempt <= RESIZE_TRIES; attempt++) {
      try {
        return await resize();
      } catch {
        await new Promise((resolve) => setTimeout(resolve, RESIZE_PAUSE * attempt).unref());
      }
    }
  }

  async #endWithoutReader({ cause }: OutputClosed): Promise<number> {
    await this.#served.stop();
    if (!cause || cause.code === 'EPIPE') return BROKEN_PIPE;
    throw new UserError(
      'OUTPUT_FAILED',
      `Standard output takes no more (${cause.code}); ${this.#served.title} was stopped.`,
      { cause },
    );
  }
}
