import { Duplex } from 'node:stream';
import type { RemoteProcess } from '../types.js';

const KEPT_DIAGNOSTICS = 4096;

/** A remote program's input and output as one socket, good enough for an HTTP agent. */
export class ProcessSocket extends Duplex {
  readonly #process: RemoteProcess;
  #said = '';

  constructor(process: RemoteProcess) {
    super({ allowHalfOpen: true });
    this.#process = process;
    process.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) process.stdout.pause();
    });
    process.stdout.once('end', () => void this.#ended());
    process.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-KEPT_DIAGNOSTICS);
    });
    for (const stream of [process.stdin, process.stdout, process.stderr]) {
      // The stream's error is not passed on: the exit status, which comes later, has the reason.
      stream.on('error', () => void this.#ended());
    }
    process.exit.catch((error: Error) => this.destroy(error));
  }

  override _read(): void {
    this.#process.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, callback: (error?: Error | null) => void): void {
    this.#process.stdin.write(chunk, (error) => {
      // On an error the callback is never called: when the process ends, the socket is destroyed with the actual
      // reason.
      if (!error) callback();
    });
  }

  override _final(callback: () => void): void {
    this.#process.stdin.end(() => callback());
  }

  override _destroy(error: Error | null, callback: (error: Error | null) => void): void {
    this.#process.kill();
    callback(error);
  }

  async #ended(): Promise<void> {
    try {
      const status = await this.#process.exit;
      if (status === 0) this.push(null);
      else this.destroy(new ProgramFailure(status, this.#said.trim()));
    } catch (error) {
      this.destroy(error as Error);
    }
  }
}

/** A remote program ended that should have gone on. Its code makes it a broken connection like any other. */
export class ProgramFailure extends Error {
  readonly code = 'EPIPE';

  constructor(
    status: number,
    readonly said: string,
  ) {
    super(`the program that leads to the engine ended with status ${status}${said && `: ${said}`}`);
  }
}
