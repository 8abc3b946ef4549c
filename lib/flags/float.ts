import { ValueError } from './flag-error.js';

const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const HEXADECIMAL = /^([+-]?)0x_?([\da-f]*(?:_[\da-f]+)*)(?:\.([\da-f]*(?:_[\da-f]+)*))?p([+-]?\d+)$/i;
const SPECIAL = /^([+-]?)(inf|infinity|nan)$/i;

/** Floating-point numbers of Go's syntax (strconv.ParseFloat). */
export function readFloat(text: string): number {
  const number = parse(text);
  if (number === undefined) throw new ValueError('invalid syntax');
  if (Math.abs(number) === Infinity && !SPECIAL.test(text)) throw new ValueError('value out of range');
  return number;
}

function parse(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  const [, sign, special] = SPECIAL.exec(text) ?? [];
  if (special) return special.toLowerCase() === 'nan' ? NaN : sign === '-' ? -Infinity : Infinity;
  const [, hexSign, whole = '', fraction = '', exponent] = HEXADECIMAL.exec(text) ?? [];
  if (exponent === undefined || whole + fraction === '') return undefined;
  const digits = (whole + fraction).replaceAll('_', '');
  const scale = Number(exponent) - 4 * fraction.replaceAll('_', '').length;
  const magnitude = Number(`0x${digits}`) * 2 ** scale;
  return hexSign === '-' ? -magnitude : magnitude;
}
