import type { Readiness } from '../project/index.js';
import type { Word } from '../text/word.js';

/** What is known of a service that others find in their environment. */
export interface Reachable {
  name: string;
  ready?: Readiness;
  /** `port/protocol`s, of the image and of its section. */
  ports: readonly string[];
}

/** Where a service is reached from elsewhere than from its networks. */
export interface Outlet {
  host: string;
  /** By its own ports, those to connect to; what is not here is not reached. */
  ports: ReadonlyMap<number, number>;
}

/**
 * `DB_HOST`, `DB_PORT` and `DB_PORT_5432` for a service `db`: its name on the network, the port that says it is ready, else
 * its lowest one, and each of its ports. What is ready when it has ended cannot be reached.
 *
 * @param outlet where it is reached; by its name on the network unless given
 */
export function variablesOf(
  { name, ready, ports }: Reachable,
  outlet?: Outlet,
): [name: string, value: string][] {
  if (ready?.kind === 'exit') return [];
  const prefix = name
    .toUpperCase()
    .replace(/[^A-Z0-9]/g, '_')
    .replace(/^(?=\d)/, '_');
  const said = ready && 'port' in ready ? [ready.port] : [];
  const numbers = [...new Set([...said, ...ports.toSorted(byProtocolAndNumber).map(numberOf)])];
  const reached = numbers.flatMap((port) => {
    const at = outlet ? outlet.ports.get(port) : port;
    return at === undefined ? [] : [{ port, at: String(at) }];
  });
  return [
    [`${prefix}_HOST`, outlet?.host ?? hostOf(name)],
    ...reached.slice(0, 1).map(({ at }): [string, string] => [`${prefix}_PORT`, at]),
    ...reached.map(({ port, at }): [string, string] => [`${prefix}_PORT_${port}`, at]),
  ];
}

/** Variables as words of `docker run`. */
export function environmentWords(services: readonly Reachable[]): Word[] {
  return services.flatMap((service) =>
    variablesOf(service).flatMap(([name, value]) => [{ text: '-e' }, { text: `${name}=${value}` }]),
  );
}

/** What a service is called on the network. */
export function hostOf(name: string): string {
  return name.toLowerCase();
}

function numberOf(port: string): number {
  return Number.parseInt(port, 10);
}

function byProtocolAndNumber(one: string, other: string): number {
  const isTcp = (port: string) => (port.endsWith('/tcp') ? 0 : 1);
  return isTcp(one) - isTcp(other) || numberOf(one) - numberOf(other);
}
