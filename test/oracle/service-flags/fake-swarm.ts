import type { Answers } from '../run-flags/fake-engine.js';

/** The name that nothing in the imitated swarm has. */
const MISSING = 'missing';

/** The ID that a network, secret or config of this name has: in another order than the names. */
export function idOf(name: string): string {
  return `id-${[...name].reverse().join('')}`;
}

/** A manager with every network, secret and config that it is asked for, but for `missing`; it creates no service. */
export const swarmAnswers: Answers = (path, query) => {
  const network = /^\/networks\/(.*)$/.exec(path)?.[1];
  if (network !== undefined) return answerNetwork(decodeURIComponent(network));
  if (path === '/secrets' || path === '/configs') return { status: 200, body: named(query).map(listed) };
  if (path === '/services/create') return { status: 500, body: { message: 'recorded' } };
  if (path.startsWith('/distribution/')) return { status: 404, body: { message: 'no registry' } };
  return undefined;
};

function answerNetwork(name: string) {
  if (name === MISSING) return { status: 404, body: { message: `network ${name} not found` } };
  return { status: 200, body: { Id: idOf(name), Name: name, Scope: 'swarm' } };
}

function named(query: URLSearchParams): string[] {
  const filters = JSON.parse(query.get('filters') ?? '{}') as { name?: Record<string, boolean> };
  return Object.keys(filters.name ?? {}).filter((name) => name !== MISSING);
}

function listed(name: string) {
  return { ID: idOf(name), Spec: { Name: name, Labels: {} } };
}
