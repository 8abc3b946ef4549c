import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';

/** A socket in front of an engine's. */
export class Relay {
  private readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), 'relay-'));
  private readonly sockets = new Set<net.Socket>();
  private readonly server = net.createServer((one) => {
    const other = net.connect(this.engine);
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      this.sockets.add(from);
      from.on('error', () => to.destroy()).on('close', () => to.destroy());
      from.pipe(to);
    }
  });

  constructor(private readonly engine: string) {}

  /** @returns the path of the socket */
  async listen(): Promise<string> {
    const socket = path.join(this.folder, 'docker.sock');
    await once(this.server.listen(socket), 'listening');
    return socket;
  }

  /** Passes nothing on any more, and closes nothing. */
  fallSilent(): void {
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    fs.rmSync(this.folder, { recursive: true });
  }
}
