import { Agent, type ClientRequest, type ClientRequestArgs } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';

import type { Dial } from './dial.js';

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
    this.#dial().then(
      (socket) => {
        this.#sockets.add(socket);
        socket.once('close', () => this.#sockets.delete(socket));
        // An idle stream is of no more use once the other side has ended it; network sockets see to that themselves.
        if (!(socket instanceof Socket)) socket.once('end', () => socket.destroy());
        callback(null, socket);
      },
      (error: Error) => callback(error, undefined as never),
    );
  }

  /** A stream that is no network socket has no such settings, and stays open all the same. */
  override keepSocketAlive(socket: Duplex): boolean {
    if (socket instanceof Socket) super.keepSocketAlive(socket);
    else socket.resume();
    return true;
  }

  override reuseSocket(socket: Duplex, request: ClientRequest): void {
    if (socket instanceof Socket) super.reuseSocket(socket, request);
  }

  /** Also cuts hijacked connections, which a plain agent forgets. */
  override destroy(): void {
    super.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}
