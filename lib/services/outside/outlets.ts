import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { SshConnection } from '../../engine/connect/ssh/types.js';
import { inspectContainer } from '../../engine/containers/inspect.js';
import type { Engine } from '../../engine/types.js';
import { UserError } from '../../text/user-error.js';
import { type Reachable, variablesOf } from '../environment.js';

/** A service whose container runs. */
export interface Running extends Reachable {
  containerId: string;
}

/** Ways from this machine to services. */
export interface Outlets {
  /** `DB_HOST`, `DB_PORT`, … as they count on this machine. */
  variables: readonly [name: string, value: string][];
  close: () => Promise<void>;
}

const LOOPBACK = '127.0.0.1';

/**
 * Finds where this machine reaches services: where their ports are published, and behind a forward over the ssh connection
 * where that is how the engine is reached.
 *
 * @throws {UserError} `NOT_PUBLISHED`
 */
export async function openOutlets(engine: Engine, services: readonly Running[]): Promise<Outlets> {
  const forwards: Forward[] = [];
  const close = async () => {
    await Promise.all(forwards.splice(0).map((forward) => forward.close()));
  };
  try {
    const variables: [string, string][] = [];
    for (const service of services) {
      if (service.ready?.kind === 'exit') continue;
      const published = await publishedAt(engine, service);
      const ports = new Map<number, number>();
      for (const [port, { host, number }] of published) {
        if (!engine.ssh) ports.set(port, number);
        else {
          const forward = await Forward.open(engine.ssh, `${host}:${number}`);
          forwards.push(forward);
          ports.set(port, forward.port);
        }
      }
      const host = engine.ssh ? LOOPBACK : ([...published.values()][0]?.host ?? LOOPBACK);
      variables.push(...variablesOf(service, { host, ports }));
    }
    return { variables, close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** By the port within, where each TCP port is published. */
async function publishedAt(
  engine: Engine,
  { name, containerId }: Running,
): Promise<Map<number, { host: string; number: number }>> {
  const { NetworkSettings } = await inspectContainer(engine, containerId);
  const { target } = engine.address;
  const found = new Map<number, { host: string; number: number }>();
  for (const [port, bindings] of Object.entries(NetworkSettings.Ports ?? {})) {
    const [binding] = bindings ?? [];
    if (!binding || !port.endsWith('/tcp')) continue;
    const isEverywhere = ['', '0.0.0.0', '::'].includes(binding.HostIp);
    const isOverThere = target.kind === 'tcp' && !isLoopback(target.host);
    if (isOverThere && isLoopback(binding.HostIp)) continue;
    const host = isOverThere ? target.host : LOOPBACK;
    found.set(Number.parseInt(port, 10), {
      host: isEverywhere ? host : binding.HostIp,
      number: Number(binding.HostPort),
    });
  }
  if (found.size > 0) return found;
  throw new UserError(
    'NOT_PUBLISHED',
    `No port of ${name} is published where this machine reaches it: say ports=-p 5432 or the like in its section, ` +
      'with the port on which it listens.',
  );
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host.startsWith('127.');
}

/** A port of this machine that leads to one of the engine's. */
class Forward {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: ReadonlySet<Socket>;

  private constructor(server: Server, sockets: ReadonlySet<Socket>) {
    this.#server = server;
    this.#sockets = sockets;
    const address = server.address();
    this.port = typeof address === 'object' ? (address?.port ?? 0) : 0;
  }

  /** @param to `address:port` over there */
  static async open(ssh: SshConnection, to: string): Promise<Forward> {
    // Whoever connects is let in only if the way there is open: a server may forbid it.
    try {
      (await ssh.openSocket(to)).destroy();
    } catch (error) {
      throw forbidden(ssh, to, error);
    }
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket);
      socket.on('close', () => sockets.delete(socket)).on('error', () => undefined);
      ssh.openSocket(to).then(
        (there) => {
          pipeline(socket, there, () => undefined);
          pipeline(there, socket, () => undefined);
        },
        () => socket.destroy(),
      );
    });
    server.listen(0, LOOPBACK);
    await once(server, 'listening');
    return new Forward(server, sockets);
  }

  async close(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

function forbidden({ target }: SshConnection, to: string, cause: unknown): unknown {
  if (cause instanceof UserError) return cause;
  return new UserError(
    'NOT_FORWARDED',
    `${target.host} forwards no connection to ${to}: allow it by AllowTcpForwarding in its sshd_config, or run the task there.`,
    { cause },
  );
}
