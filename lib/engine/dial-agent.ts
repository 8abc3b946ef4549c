import { Agent, type ClientRequestArgs } from 'node:http';
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
        callback(null, socket);
      },
      (error: Error) => callback(error, undefined as never),
    );
  }

  /** Also cuts hijacked connections, which a plain agent forgets. */
  override destroy(): void {
    super.destroy();
    for (const socket of this.#sockets) socket.destroy();
  }
}
