import type { Image } from '../../project/types.js';
import { didYouMean } from '../../text/did-you-mean.js';
import { FlagError } from '../../text/flag-error.js';
import type { Word } from '../../text/word.js';

/** The `docker run` flags of a section that a service has, too; what of them has no equivalent is refused later. */
export function runFlagsOf(image: Image): Word[] {
  const { network, service } = image;
  return [
    { text: '--init' },
    ...image.environment,
    ...image.env.flatMap((pair) => [{ text: '-e', origin: pair.origin }, pair]),
    ...image.volumes,
    ...image.ports,
    ...(network ? [{ text: '--network', origin: network.origin }, network] : []),
    ...image.gpu,
    ...(service.stopTimeout === undefined ? [] : [{ text: `--stop-timeout=${service.stopTimeout}` }]),
    ...image.args,
  ];
}

/**
 * The flags of `docker service create` that say how many containers are to run on, and how they are replaced.
 *
 * @throws {FlagError} `BAD_VALUE` with its place
 */
export function lastingFlagsOf(
  { swarm: { replicas, update } }: Image,
  chosen: Word | undefined = replicas,
): Word[] {
  return [...modeFlags(chosen), ...updateFlags(update)];
}

/**
 * The flags of `docker service create` that say where containers may run, and what they have there.
 *
 * @throws {FlagError} `BAD_VALUE` with its place
 */
export function placeFlagsOf(image: Image): Word[] {
  const { constraints, reserve, secrets, configs } = image.swarm;
  return [
    ...constraints.map((word) => flag('constraint', word)),
    ...reserve.map(reserveFlag),
    ...secrets.map((word) => flag('secret', word)),
    ...configs.map((word) => flag('config', word)),
    ...discoveryFlags(image),
  ];
}

function flag(name: string, { text, origin }: Word, value = text): Word {
  return { text: `--${name}=${value}`, ...(origin && { origin }) };
}

function modeFlags(replicas: Word | undefined): Word[] {
  if (!replicas) return [];
  const { text } = replicas;
  if (text === 'global') return [flag('mode', replicas)];
  if (/^\d{1,6}$/.test(text)) return [flag('replicas', replicas)];
  throw new FlagError(
    'BAD_VALUE',
    `replicas= takes a number or global, found ${JSON.stringify(text)}`,
    replicas,
  );
}

const UPDATE: Readonly<Record<string, RegExp>> = {
  parallelism: /^\d+$/,
  delay: /./,
  monitor: /./,
  order: /^(stop-first|start-first)$/,
  'failure-action': /^(rollback|pause|continue)$/,
  'max-failure-ratio': /./,
};

/** What a service goes back by, too, so that it goes back as fast as it came. */
const BOTH_WAYS = new Set(['parallelism', 'delay', 'monitor', 'order']);

/** What failed goes back unless a section says otherwise: nothing is left half-done. */
function updateFlags(words: readonly Word[]): Word[] {
  const given = words.flatMap((word) => {
    const [name, value] = named('update', word, Object.keys(UPDATE));
    if (!UPDATE[name]?.test(value))
      throw new FlagError('BAD_VALUE', `update= cannot have ${JSON.stringify(word.text)}`, word);
    const back = BOTH_WAYS.has(name) ? [flag(`rollback-${name}`, word, value)] : [];
    return [flag(`update-${name}`, word, value), ...back];
  });
  return [{ text: '--update-failure-action=rollback' }, ...given];
}

function reserveFlag(word: Word): Word {
  const [name, value] = named('reserve', word);
  if (name === 'cpus') return flag('reserve-cpu', word, value);
  if (name === 'memory') return flag('reserve-memory', word, value);
  return flag('generic-resource', word, `${name}=${value}`);
}

function named(key: string, word: Word, known?: readonly string[]): [name: string, value: string] {
  const [, name = '', value = ''] = /^([^=]+)=(.+)$/s.exec(word.text) ?? [];
  if (name !== '' && (!known || known.includes(name))) return [name, value];
  const near = known && name !== '' ? didYouMean(name, known) || `; there are ${known.join(', ')}` : '';
  const sentence = `${key}= takes words of the form name=value, found ${JSON.stringify(word.text)}${near}`;
  throw new FlagError('BAD_VALUE', sentence, word);
}

/** In a network of its own its name means all its containers, each by its address. */
function discoveryFlags({ network }: Image): Word[] {
  if (!network || /^(host|bridge|default)$/.test(network.text)) return [];
  return [flag('endpoint-mode', { text: 'dnsrr', origin: network.origin })];
}

/** The word that has new containers start before old ones are stopped, if there is one. */
export function startFirstOf({ swarm: { update } }: Image): Word | undefined {
  const order = update.findLast(({ text }) => text.startsWith('order='));
  return order?.text === 'order=start-first' ? order : undefined;
}
