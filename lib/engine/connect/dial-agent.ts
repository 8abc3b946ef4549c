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

  /** Keeps docker-modem from following redirects: it would send requests of its own that nothing waits for. */
  override addRequest(request: ClientRequest, ...rest: unknown[]): void {
    request.prependListener('response', ({ headers }: IncomingMessage) => delete headers.location);
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

/** Adds the methods of a network socket that an http.Agent calls, as no-ops where the stream lacks them. */
function likeSocket(stream: Duplex): Duplex {
  const nothing = () => stream;
  for (const method of ['setKeepAlive', 'setNoDelay', 'setTimeout', 'ref', 'unref']) {
    if (!(method in stream)) Object.assign(stream, { [method]: nothing });
  }
  // A half-open connection would stay in the agent's pool and fail the next request.
  return stream.once('end', () => stream.destroy());
}
