import { ValueError } from '../text/flag-error.js';
import { quoted } from '../text/quoted.js';
import { exactNumber } from './integer.js';

const NANOSECONDS = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
]);

const LARGEST = 2n ** 63n;

/** Nanoseconds of `1m30s`, `1.5h`, `-250ms`, `0`: Go's time.ParseDuration, which knows no days. */
export function readDuration(text: string): number {
  const invalid = new ValueError(`time: invalid duration ${quoted(text)}`);
  const [, sign = '', amount = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (amount === '0') return 0;
  if (amount === '') throw invalid;
  let total = 0n;
  for (let rest = amount; rest !== '';) {
    const [part = '', whole = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(rest) ?? [];
    if (whole + fraction === '') throw invalid;
    const size = sizeOf(unit, text);
    total += BigInt(whole) * size + fractionOf(fraction, size);
    if (total > LARGEST || (total === LARGEST && sign !== '-')) throw invalid;
    rest = rest.slice(part.length);
  }
  return exactNumber(sign === '-' ? -total : total);
}

function sizeOf(unit: string, text: string): bigint {
  if (unit === '') throw new ValueError(`time: missing unit in duration ${quoted(text)}`);
  const size = NANOSECONDS.get(unit);
  if (size === undefined)
    throw new ValueError(`time: unknown unit ${quoted(unit)} in duration ${quoted(text)}`);
  return size;
}

/** Digits beyond the 18th cannot change a count of nanoseconds. */
function fractionOf(digits: string, size: bigint): bigint {
  const kept = digits.slice(0, 18);
  return (BigInt(kept) * size) / 10n ** BigInt(kept.length);
}
