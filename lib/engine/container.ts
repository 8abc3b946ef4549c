import type Docker from 'dockerode';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { text } from 'node:stream/consumers';
import { UserError } from '../text/user-error.js';

export interface AttachOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  detachKeys?: string;
}

interface WaitAnswer {
  StatusCode: number;
  Error?: { Message?: string } | null;
}

const NOT_FOUND = 404;
const CONFLICT = 409;

/** A container that has been created. Calls reject with the engine's own errors. */
export class Container {
  constructor(
    private readonly docker: Docker,
    readonly id: string,
    readonly name: string = id.slice(0, 12),
  ) {}

  /** The connection for input and output: to be opened before the start, or the first output is missed. */
  async attach({ stdin, stdout, stderr, detachKeys }: AttachOptions): Promise<Duplex> {
    const options = { stream: true, hijack: true, stdin, stdout, stderr, ...(detachKeys && { detachKeys }) };
    const connection = (await this.#handle.attach(options)) as Duplex & {
      setKeepAlive?(enable: boolean, delay: number): void;
    };
    // A host that vanishes without a word would otherwise be waited for for ever.
    connection.setKeepAlive?.(true, 30_000);
    return connection;
  }

  /**
   * Resolves once the engine watches the container, which must be before the start, to the promise of its exit
   * status.
   *
   * @param condition `removed` for a container that the engine removes at its end: to one that has gone already,
   *   `next-exit` would be an error
   */
  async watchExit(
    condition: 'removed' | 'next-exit',
    signal: AbortSignal,
  ): Promise<{ status: Promise<number> }> {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      this.docker.modem.dial(
        {
          path: `/containers/${this.id}/wait?`,
          method: 'POST',
          options: { _query: { condition }, _body: {} },
          // The headers come at once, the status at the end.
          isStream: true,
          abortSignal: signal,
          statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
        },
        (error, result) => (error ? reject(error) : resolve(result as IncomingMessage)),
      );
    });
    const status = readStatus(response);
    // It is awaited later, or not at all.
    status.catch(() => undefined);
    return { status };
  }

  async start(): Promise<void> {
    await this.#handle.start();
  }

  async resize({ rows, columns }: { rows: number; columns: number }): Promise<void> {
    await this.#handle.resize({ h: rows, w: columns });
  }

  async kill(signal: NodeJS.Signals): Promise<void> {
    await this.#handle.kill({ signal }).catch(ignore(NOT_FOUND, CONFLICT));
  }

  /** SIGTERM (or the image's stop signal), and SIGKILL after as many seconds. */
  async stop(seconds: number): Promise<void> {
    await this.#handle.stop({ t: seconds }).catch(ignore(NOT_FOUND));
  }

  /** Removes it and its anonymous volumes, whatever its state; one that has gone, or is going, is no error. */
  async remove(): Promise<void> {
    await this.#handle.remove({ force: true, v: true }).catch(ignore(NOT_FOUND, CONFLICT));
  }

  get #handle(): Docker.Container {
    return this.docker.getContainer(this.id);
  }
}

async function readStatus(response: IncomingMessage): Promise<number> {
  const body = await text(response);
  // An engine that is shut down may end its answer in good order, without having given one.
  if (body.trim() === '')
    throw Object.assign(new Error('the engine ended its answer'), { code: 'ECONNRESET' });
  const { StatusCode, Error: failure } = JSON.parse(body) as WaitAnswer;
  if (failure?.Message) {
    const sentence = `The container ended, but the engine could not say how: ${failure.Message}.`;
    throw new UserError('NO_EXIT_STATUS', sentence, { exitStatus: 125 });
  }
  return StatusCode;
}

function ignore(...statusCodes: number[]): (error: { statusCode?: number }) => void {
  return (error) => {
    // 304 (stopped already) is success too, and dockerode says so.
    if (!statusCodes.includes(error.statusCode ?? 0)) throw error as Error;
  };
}
