import { resolve } from 'node:path';
import { cut } from '../../../flags/key-value.js';
import { readSize } from '../../../flags/size.js';
import { readVolume, type Volume } from '../../../run/flags/volume.js';
import { csv, type Given, last, noEquivalent, reading, type Rule } from './rule.js';

/** What `--mount` says in place of an option of `-v`; an empty text for what is so anyway. */
const OPTIONS = new Map([
  ['rw', ''],
  ['ro', 'readonly'],
  ['nocopy', 'volume-nocopy'],
  ...['cached', 'delegated', 'consistent', 'default'].map((name): [string, string] => [
    name,
    `consistency=${name}`,
  ]),
  ...['shared', 'slave', 'private', 'rshared', 'rslave', 'rprivate'].map((name): [string, string] => [
    name,
    `bind-propagation=${name}`,
  ]),
]);

/** A bind of a path of each node, or a volume that each node has of its own. */
export const volumes: Rule = reading(
  (text) => readVolume(text),
  (volume, given) => {
    const { host, flags } = given;
    const [target, options] = behindSource(given.text, volume);
    const source = volume.source.startsWith('.') ? resolve(host.directory, volume.source) : volume.source;
    const said = sayAll(options, OPTIONS, given);
    if (target === '' || (volume.bind && said.includes('volume-nocopy')))
      throw noEquivalent(given, `--volume=${given.text}`);
    const driver = flags.last('volume-driver') ?? '';
    const fields = [
      `type=${volume.bind ? 'bind' : 'volume'}`,
      ...(source === '' ? [] : [`source=${source}`]),
      `target=${target}`,
      ...said,
      ...(driver === '' || volume.bind ? [] : [`volume-driver=${driver}`]),
    ];
    return [`--mount=${csv(fields)}`];
  },
);

function behindSource(text: string, { source }: Volume): [target: string, options: string] {
  const [target, options = ''] = cut(source === '' ? text : text.slice(source.length + 1), ':');
  return [target, options];
}

/** Options that a tmpfs mount of a service has anyway. */
const TMPFS = new Map(['rw', 'noexec', 'nosuid', 'nodev'].map((name) => [name, ''])).set('ro', 'readonly');

/** A `--tmpfs`. */
export const temporary: Rule = (given) => {
  const [target, options = ''] = cut(given.text, ':');
  if (target === '') throw noEquivalent(given, `--tmpfs=${given.text}`);
  const fields = ['type=tmpfs', `target=${target}`, ...sayAll(options, TMPFS, given)];
  return [`--mount=${csv(fields)}`];
};

/** The shared memory of a run is a tmpfs of a size; a service must say so. */
export const sharedMemory: Rule = last(
  reading(readSize, (size) => (size === 0 ? [] : [`--mount=type=tmpfs,target=/dev/shm,tmpfs-size=${size}`])),
);

function sayAll(options: string, known: ReadonlyMap<string, string>, given: Given): string[] {
  if (options === '') return [];
  return options.split(',').flatMap((option) => {
    const sized = known === TMPFS ? /^(size|mode)=(.+)$/.exec(option) : undefined;
    const said = sized ? `tmpfs-${sized[1]}=${sized[2]}` : known.get(option);
    if (said === undefined) throw noEquivalent(given, `"${option}" of --${given.name}=${given.text}`);
    return said === '' ? [] : [said];
  });
}
