import { ValueError } from '../text/flag-error.js';

/** Digits, of which some may stand behind a point. */
const amount = (digits: string) => `(?:(${digits})(?:\\.(${digits})?)?|\\.(${digits}))`;
const DECIMAL = new RegExp(`^[+-]?${amount('\\d+(?:_\\d+)*')}(?:e[+-]?\\d+)?$`, 'i');
const HEXADECIMAL = new RegExp(`^([+-]?)0x_?${amount('[\\da-f]+(?:_[\\da-f]+)*')}p([+-]?\\d+)$`, 'i');
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;

/** Floating-point numbers of Go's syntax (strconv.ParseFloat). */
export function readFloat(text: string): number {
  const number = readSpecial(text) ?? readFinite(text);
  if (number === undefined) throw new ValueError('invalid syntax');
  return number;
}

function readSpecial(text: string): number | undefined {
  const [, sign, name] = SPECIAL.exec(text) ?? [];
  if (name === undefined) return undefined;
  if (name.toLowerCase() === 'nan') return NaN;
  return sign === '-' ? -Infinity : Infinity;
}

function readFinite(text: string): number | undefined {
  const number = DECIMAL.test(text) ? Number(text.replaceAll('_', '')) : readHexadecimal(text);
  if (number !== undefined && !Number.isFinite(number)) throw new ValueError('value out of range');
  return number;
}

function readHexadecimal(text: string): number | undefined {
  const match = HEXADECIMAL.exec(text);
  if (!match) return undefined;
  const [sign, whole = '', decimals, only = '', exponent] = match
    .slice(1)
    .map((part) => part?.replaceAll('_', ''));
  const fraction = decimals ?? only;
  const magnitude = Number(`0x${whole}${fraction}`) * 2 ** (Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -magnitude : magnitude;
}
