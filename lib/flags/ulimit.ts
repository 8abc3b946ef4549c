import { ValueError } from '../text/flag-error.js';
import { readDecimal } from './integer.js';
import { cut } from './key-value.js';

/** A resource limit; -1 means none. */
export interface Ulimit {
  Name: string;
  Soft: number;
  Hard: number;
}

const NAMES = new Set(
  'core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack'.split(
    ' ',
  ),
);

/** `name=soft[:hard]`. */
export function readUlimit(text: string): Ulimit {
  const [name, limits] = cut(text, '=');
  if (limits === undefined) throw new ValueError(`invalid ulimit argument: ${text}`);
  if (!NAMES.has(name)) throw new ValueError(`invalid ulimit type: ${name}`);
  const [first = '', second, ...more] = limits.split(':');
  if (more.length > 0) {
    const sentence = `too many limit value arguments - ${limits}, can only have up to two, \`soft[:hard]\``;
    throw new ValueError(sentence);
  }
  const hard = second === undefined ? undefined : readLimit(second);
  const soft = readLimit(first);
  return ordered({ Name: name, Soft: soft, Hard: hard ?? soft });
}

/** Limits as the request takes them: one of a name, the last one, sorted by name. */
export function mergeUlimits(limits: readonly Ulimit[]): Ulimit[] {
  const byName = new Map(limits.map((limit) => [limit.Name, limit]));
  return [...byName.values()].sort((a, b) => (a.Name < b.Name ? -1 : 1));
}

function readLimit(text: string): number {
  return readDecimal(text, { bits: 64, signed: true });
}

function ordered(limit: Ulimit): Ulimit {
  const { Soft: soft, Hard: hard } = limit;
  const prefix = 'ulimit soft limit must be less than or equal to hard limit:';
  if (hard !== -1 && soft === -1) throw new ValueError(`${prefix} soft: -1 (unlimited), hard: ${hard}`);
  if (hard !== -1 && soft > hard) throw new ValueError(`${prefix} ${soft} > ${hard}`);
  return limit;
}
