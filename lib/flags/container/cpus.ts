import { ValueError } from '../../text/flag-error.js';
import { exactNumber } from '../integer.js';

const NANO = 1_000_000_000n;
/** Beyond these many digits a number is neither a count of CPUs nor a part of one. */
const MOST_DIGITS = 1000;

const DECIMAL = /^(\d*)(?:\.(\d*))?(?:e([+-]?\d+))?$/i;
const WHOLE = /^(0x[\da-f]+|0b[01]+|0o[0-7]+|\d+)$/i;

/** Billionths of a CPU of `1.5`, `.25`, `3/4`, `1e-1`: any fraction that nine decimals can say exactly. */
export function readCpus(text: string): number {
  const [, sign, amount = ''] = /^([+-]?)(.*)$/s.exec(withoutUnderscores(text)) ?? [];
  const fraction = readFraction(amount) ?? readDecimal(amount);
  if (!fraction) throw new ValueError(`failed to parse ${text} as a rational number`);
  const [above, below] = fraction;
  if ((above * NANO) % below !== 0n) throw new ValueError('value is too precise');
  return exactNumber((sign === '-' ? -1n : 1n) * ((above * NANO) / below));
}

type Fraction = [numerator: bigint, denominator: bigint];

function withoutUnderscores(text: string): string {
  return text.replace(/(?<=[\da-z])_(?=[\da-f])/gi, '');
}

function readFraction(text: string): Fraction | undefined {
  const [above = '', below = '1', ...more] = text.split('/');
  if (more.length > 0 || !WHOLE.test(above) || !WHOLE.test(below)) return undefined;
  const fraction: Fraction = [readWhole(above), readWhole(below)];
  return fraction[1] === 0n ? undefined : fraction;
}

function readWhole(text: string): bigint {
  return BigInt(text);
}

function readDecimal(text: string): Fraction | undefined {
  const [, whole = '', decimals = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  if (whole + decimals === '') return undefined;
  const shift = Number(exponent) - decimals.length;
  if (Math.abs(shift) > MOST_DIGITS) throw new ValueError('value is too precise');
  const digits = BigInt(whole + decimals);
  return shift < 0 ? [digits, 10n ** BigInt(-shift)] : [digits * 10n ** BigInt(shift), 1n];
}
