import { Agent, type ClientRequest, type ClientRequestArgs, type IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { inspect } from 'node:util';
import type { Dial } from './dial.js';

declare module 'node:http' {
  interface Agent {
    /** Node calls this for each request, to give it a connection; the method is not documented. */
    addRequest(request: ClientRequest, ...rest: unknown[]): void;
  }
}

/** An HTTP agent whose connections come from a dial function: whatever carries them, HTTP is the same. */
export class DialAgent extends Agent {
  readonly #dial: Dial;
  readonly #sockets = new Set<Duplex>();

  constructor(dial: Dial) {
    super({ keepAlive: true });
    this.#dial = dial;
  }

  override createConnection(
    _options: ClientRequestArgs,
    callback: (error: Error | null, socket: Duplex) => void,
  ): undefined {
    this.connect().then(
      (socket) => callback(null, socket instanceof Socket ? socket : likeSocket(socket)),
      (error: Error) => callback(error, undefined as never),
    );
  }

  /** Opens a connection outside the pool, for uses other than HTTP requests of this agent. */
  async connect(): Promise<Duplex> {
    const socket = await this.#dial();
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }

  override addRequest(request: ClientRequest, ...rest: unknown[]): void {
    let answered = false;
    request.prependListener('response', ({ headers }: IncomingMessage) => {
      answered = true;
      // Keeps docker-modem from following redirects: it would send requests of its own that nothing waits for.
      delete headers.location;
    });
    request.prependListener('error', (error: Error) => {
      if (request.reusedSocket && !answered) unanswered.add(error);
    });
    super.addRequest(request, ...rest);
  }

  /** Keeps reading an idle connection, so that its end is noticed and it leaves the pool. */
  override keepSocketAlive(socket: Duplex): boolean {
    super.keepSocketAlive(socket);
    socket.resume();
    return true;
  }

  /** docker-modem formats each request for its log even when that is off; inspecting an Agent costs milliseconds. */
  [inspect.custom](): string {
    return 'DialAgent';
  }

  /** Also cuts hijacked connections, which a plain agent forgets. */
  override destroy(): void {
    super.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** What requests failed with that were sent on a connection of the pool and got no answer. */
const unanswered = new WeakSet<Error>();

/**
 * Whether a request may have met a connection that the other side was closing for being idle, as proxies do: such a
 * request has not been read.
 */
export function metClosingConnection(error: Error): boolean {
  return unanswered.has(error) && 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

/** Adds the methods of a network socket that an http.Agent calls, as no-ops where the stream lacks them. */
function likeSocket(stream: Duplex): Duplex {
  const nothing = () => stream;
  for (const method of ['setKeepAlive', 'setNoDelay', 'setTimeout', 'ref', 'unref']) {
    if (!(method in stream)) Object.assign(stream, { [method]: nothing });
  }
  // A half-open connection would stay in the agent's pool and fail the next request.
  return stream.once('end', () => stream.destroy());
}
