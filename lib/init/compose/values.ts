import { isRecord } from '../../text/record.js';
import { NotCarried } from './not-carried.js';

/** A text, a number or a truth as a text. */
export function scalar(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  throw new NotCarried('is not of a form that compose has for it');
}

/** A list, or the one thing that stands for a list of it. */
export function listOf(value: unknown): unknown[] {
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

/** A map, or a list of `name=value`, of which a name alone has no value. */
export function pairsOf(value: unknown, separators = /=/): [name: string, value: string | undefined][] {
  if (isRecord(value))
    return Object.entries(value).flatMap(([name, item]): [string, string | undefined][] => {
      if (item === null || item === undefined) return [[name, undefined]];
      return listOf(item).map((one) => [name, scalar(one)]);
    });
  return listOf(value).map((item) => {
    const text = scalar(item);
    const at = text.search(separators);
    return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
  });
}

/** The keys of a map, of which none may be there that is not meant. */
export function only(value: unknown, keys: readonly string[]): Record<string, unknown> {
  if (!isRecord(value)) throw new NotCarried('is not of a form that compose has for it');
  const strange = Object.keys(value).filter((key) => !keys.includes(key) && !key.startsWith('x-'));
  if (strange.length > 0) throw new NotCarried(`has ${strange.join(' and ')}, which has no counterpart`);
  return value;
}

export function isTrue(value: unknown): boolean {
  return value === true || value === 'true';
}
