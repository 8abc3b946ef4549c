import { ValueError } from '../../flags/flag-error.js';
import { exactNumber } from '../../flags/integer.js';

const NANO = 1_000_000_000n;
const NUMBER = /^([+-]?)(?:(\d+)\/(\d+)|(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?)$/i;

/** Billionths of a CPU of `1.5`, `.25`, `1/3e`…: any exact fraction of at most nine decimals. */
export function readCpus(text: string): number {
  const [, sign, numerator, denominator, whole = '', fraction = '', exponent = '0'] = NUMBER.exec(text) ?? [];
  const isFraction = numerator !== undefined && denominator !== undefined && BigInt(denominator) !== 0n;
  if (sign === undefined || (!isFraction && whole + fraction === '')) {
    throw new ValueError(`failed to parse ${text} as a rational number`);
  }
  const shift = Number(exponent) - fraction.length;
  if (Math.abs(shift) > 1000) throw new ValueError('value is too precise');
  const above =
    (isFraction ? BigInt(numerator) : BigInt(whole + fraction)) * NANO * 10n ** BigInt(Math.max(shift, 0));
  const below = (isFraction ? BigInt(denominator) : 1n) * 10n ** BigInt(Math.max(-shift, 0));
  if (above % below !== 0n) throw new ValueError('value is too precise');
  return exactNumber((sign === '-' ? -1n : 1n) * (above / below));
}
