import { ValueError } from '../text/flag-error.js';
import { readFloat } from './float.js';
import { exactNumber } from './integer.js';

const UNITS = 'kmgtp';

/**
 * Bytes of `512m`, `1.5g`, `64 KiB`: units are binary and take either case, by the rules of docker's go-units
 * (RAMInBytes).
 */
export function readSize(text: string): number {
  const [number, suffix] = splitSuffix(text);
  if (number === '') throw new ValueError(`invalid size: '${text}'`);
  const count = readFloat(number.endsWith(' ') ? number.slice(0, -1) : number);
  if (count < 0) throw new ValueError(`invalid size: '${text}'`);
  const bytes = Math.trunc(count * multiplier(suffix));
  if (!(bytes < 2 ** 63)) throw new ValueError(`invalid size: '${text}' is too large`);
  return exactNumber(BigInt(bytes));
}

/** The unit is what follows the last digit, point or blank. */
function splitSuffix(text: string): [number: string, suffix: string] {
  let end = text.length;
  while (end > 0 && !/[\d. ]/.test(text.charAt(end - 1))) end--;
  return [text.slice(0, end), text.slice(end)];
}

/** A limit of memory and swap together, of which -1 means none. */
export function readSwapSize(text: string): number {
  return text === '-1' ? -1 : readSize(text);
}

function multiplier(suffix: string): number {
  const unit = suffix.toLowerCase();
  if (unit === '' || unit === 'b') return 1;
  if (Buffer.byteLength(suffix) <= 3 && /^[kmgtp](b|ib)?$/.test(unit)) {
    return 1024 ** (UNITS.indexOf(unit.charAt(0)) + 1);
  }
  throw new ValueError(`invalid suffix: '${Buffer.byteLength(suffix) > 3 ? suffix : unit}'`);
}
