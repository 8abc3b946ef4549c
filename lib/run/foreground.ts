import type { Duplex, Readable } from 'node:stream';
import { isRefusal } from '../engine/client/errors.js';
import type { Container } from '../engine/containers/container.js';
import type { Report } from '../report/types.js';
import { UserError } from '../text/user-error.js';
import type { RunStreams } from './means.js';
import type { RunPlan } from './plan.js';
import { DetachKeyWatcher, parseDetachKeys } from './streams/detach-keys.js';
import { copyInput } from './streams/input.js';
import { copyOutput, OutputClosed } from './streams/output.js';
import { enterRawMode, followSize } from './streams/terminal.js';

/** What a shell gives a command of a pipe whose reader has gone: 128 + SIGPIPE. */
const BROKEN_PIPE = 141;
/** Seconds that a container gets to stop once its output can no longer be written. */
const STOP_TIMEOUT = 10;
/** A terminal cannot be resized before the process inside has begun. */
const RESIZE_TRIES = 10;
const RESIZE_PAUSE = 20;

export interface ForegroundOptions {
  streams: RunStreams;
  report: Report;
  detachKeys: string;
  /** Whether a connection to the engine can end in one direction: a named pipe of Windows cannot. */
  halfCloses: boolean;
}

/**
 * Connects a container that has not been started yet to the standard streams, so that none of its output is missed.
 * Either `finish` or `release` must be called.
 */
export async function connectForeground(
  container: Container,
  plan: RunPlan,
  options: ForegroundOptions,
): Promise<Foreground> {
  const { client } = plan.request;
  const keys = parseDetachKeys(options.detachKeys);
  const { detachKeys, halfCloses } = options;
  // Where its end would be that of the output, too, input has a connection of its own.
  const separate = client.attach.stdin && !client.tty && !halfCloses;
  const connection = await container.attach({
    ...client.attach,
    ...(separate && { stdin: false }),
    detachKeys,
  });
  let input = connection;
  const waiting = new AbortController();
  try {
    if (separate) input = await container.attach({ stdin: true, stdout: false, stderr: false });
    const { status } = await container.watchExit(client.rm ? 'removal' : 'next-exit', waiting.signal);
    return new Foreground(plan, { container, connection, input, status, waiting, detachKeys: keys }, options);
  } catch (error) {
    connection.destroy();
    input.destroy();
    throw error;
  }
}

/**
 * Connects a container that runs already, whose connection was lost. Without a terminal its input has ended with that, and
 * what it has written since comes first.
 *
 * @param since seconds since 1970 by the engine's clock, of when its output was heard last
 */
export async function reconnectForeground(
  container: Container,
  plan: RunPlan,
  since: number,
  options: ForegroundOptions,
): Promise<Foreground> {
  const { client } = plan.request;
  const { detachKeys } = options;
  const waiting = new AbortController();
  const input = client.tty ? await container.attach({ ...client.attach, detachKeys }) : undefined;
  const connection = input ?? (await outputSince(container, since, waiting.signal));
  try {
    const { status } = await container.watchExit('not-running', waiting.signal);
    const keys = parseDetachKeys(detachKeys);
    return new Foreground(plan, { container, connection, input, status, waiting, detachKeys: keys }, options);
  } catch (error) {
    connection.destroy();
    throw error;
  }
}

/** By its log; of one without, what comes from now on. */
async function outputSince(container: Container, since: number, signal: AbortSignal): Promise<Readable> {
  try {
    return await container.logs(signal, since);
  } catch (error) {
    if (!isRefusal(error)) throw error;
    return await container.attach({ stdin: false, stdout: true, stderr: true });
  }
}

/** A container that is connected, and waited for. */
interface Attached {
  container: Container;
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

/** The connection between a container and the standard streams. */
export class Foreground {
  readonly #container: Container;
  readonly #plan: RunPlan;
  readonly #input?: Duplex;
  readonly #status: Promise<number>;
  readonly #detachKeys: readonly number[];
  readonly #options: ForegroundOptions;
  readonly #cleanUps: (() => void)[] = [];
  readonly #output: Promise<void>;
  #isLeft = false;
  #heardAt = Date.now();

  constructor(
    plan: RunPlan,
    { container, connection, input, status, waiting, detachKeys }: Attached,
    options: ForegroundOptions,
  ) {
    this.#container = container;
    this.#plan = plan;
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
    this.#output = copyOutput(this.#heard(connection), streams, !plan.request.client.tty);
    this.#output.catch(() => undefined);
  }

  /**
   * Serves the container, which has been started, until it ends or the user detaches from it. Resolves to the exit
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
    const { name } = this.#container;
    this.#options.report.info(`${name} runs on; come back with: docker attach ${name}`);
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
    const { tty, attach } = this.#plan.request.client;
    return tty && attach.stdin && this.#options.streams.stdin.isTTY;
  }

  /**
   * Passes on what is typed, or was since the terminal is raw: not before the container has started, because a Ctrl-C
   * ends the engine's start half-way. Resolves when the user detaches.
   */
  #giveInput(): Promise<'detached'> {
    const { stdin } = this.#options.streams;
    const input = this.#input;
    return new Promise((resolve) => {
      if (!this.#plan.request.client.attach.stdin || !input) return;
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
    if (!this.#plan.request.client.tty || !stdout.isTTY) return;
    const resize = () => this.#container.resize(stdout);
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
    await this.#container.stop(STOP_TIMEOUT);
    await this.#status.catch(() => undefined);
    if (!cause || cause.code === 'EPIPE') return BROKEN_PIPE;
    throw new UserError(
      'OUTPUT_FAILED',
      `Standard output takes no more (${cause.code}); ${this.#plan.image.name} was stopped.`,
      { cause },
    );
  }
}
