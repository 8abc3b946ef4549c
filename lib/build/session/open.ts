import { randomUUID } from 'node:crypto';
import { engineLost } from '../progress/engine-lost.js';
import type { BuildKitChannel } from './channel.js';
import { type GrpcMethods, serveGrpc } from './grpc.js';
import { healthService } from './health.js';

/** Milliseconds without a word of an engine that asks for the client's health every five seconds: four times in vain. */
const SILENCE = 20_000;

/** A connection over which the engine asks this process for files, credentials, secrets and keys while it builds. */
export interface Session {
  /** What a build names it by. */
  id: string;
  /** Rejects when the engine has not been heard of for long, though no connection to it has broken. */
  lost: Promise<never>;
  close(): void;
}

/** @param key builds with the same key send each other's difference only. */
export async function openSession(
  channel: BuildKitChannel,
  services: readonly GrpcMethods[],
  key: string,
): Promise<Session> {
  const id = randomUUID();
  let heard = performance.now();
  const health = healthService(() => (heard = performance.now()));
  const methods = Object.fromEntries([health, ...services].flatMap((methods) => Object.entries(methods)));
  const headers = {
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'gulp-dockerutils',
    'X-Docker-Expose-Session-Sharedkey': key,
    'X-Docker-Expose-Session-Grpc-Method': Object.keys(methods),
  };
  const socket = await channel.session(headers);
  // When this connection fails the build fails too, and reports it.
  socket.on('error', () => undefined);
  const end = serveGrpc(socket, methods);
  let watch: NodeJS.Timeout | undefined;
  const lost = new Promise<never>((_resolve, reject) => {
    watch = setInterval(() => {
      if (performance.now() - heard > SILENCE) reject(engineLost());
    }, SILENCE / 10);
  });
  lost.catch(() => undefined);
  return {
    id,
    lost,
    close() {
      clearInterval(watch);
      end();
      socket.destroy();
    },
  };
}
