import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { logVerbosity, Server, ServerCredentials, setLogVerbosity } from '@grpc/grpc-js';
import type { Engine } from '../../engine/types.js';
import { engineLost } from '../progress/stream.js';
import { healthService } from './health.js';
import type { SessionService } from './service.js';

/** Milliseconds without a word of an engine that asks for the client's health every five seconds. */
const SILENCE = 60_000;

/** A connection over which the engine asks this process for files, credentials, secrets and keys while it builds. */
export interface Session {
  /** What POST /build names it by. */
  id: string;
  /** Rejects when the engine has not been heard of for long, though no connection to it has broken. */
  lost: Promise<never>;
  close(): void;
}

/** @param key builds with the same key send each other's difference only. */
export async function openSession(
  engine: Engine,
  services: readonly SessionService[],
  key: string,
): Promise<Session> {
  const id = randomUUID();
  let heard = performance.now();
  const health = healthService(() => (heard = performance.now()));
  // It would write to standard error what old engines send: paths in headers that are not ASCII.
  setLogVerbosity(logVerbosity.NONE);
  const server = new Server({ 'grpc.max_receive_message_length': -1, 'grpc.max_send_message_length': -1 });
  const offered = [...services, health];
  for (const { definition, implementation } of offered) server.addService(definition, implementation);
  const socket = await hijack(engine, {
    Upgrade: 'h2c',
    'X-Docker-Expose-Session-Uuid': id,
    'X-Docker-Expose-Session-Name': 'gulp-dockerutils',
    'X-Docker-Expose-Session-Sharedkey': key,
    'X-Docker-Expose-Session-Grpc-Method': offered.flatMap(({ definition }) =>
      Object.values(definition).map(({ path }) => path),
    ),
  });
  // What goes wrong on this connection is told by the build, which then fails.
  socket.on('error', () => undefined);
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  injector.injectConnection(socket);
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
      injector.destroy();
      server.forceShutdown();
      socket.destroy();
    },
  };
}

function hijack(engine: Engine, headers: Record<string, string | string[]>): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      path: '/session',
      hijack: true,
      headers,
      statusCodes: { 200: true, 101: true },
    };
    engine.docker.modem.dial(options, (error, socket) => {
      if (error) reject(error);
      else resolve(socket as Duplex);
    });
  });
}
