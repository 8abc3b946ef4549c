import type { Duplex } from 'node:stream';
import type { Engine } from '../../engine/types.js';

/** Makes a connection to the engine one that speaks HTTP/2: POST /session and /grpc give theirs away. */
export function hijack(
  engine: Engine,
  path: string,
  headers: Readonly<Record<string, string | string[]>> = {},
): Promise<Duplex> {
  const options = {
    method: 'POST',
    path,
    hijack: true,
    headers: { Upgrade: 'h2c', ...headers },
    statusCodes: { 200: true, 101: true },
  };
  return new Promise((resolve, reject) => {
    engine.docker.modem.dial(options, (error, socket) => {
      if (error) reject(error);
      else resolve(socket as Duplex);
    });
  });
}
