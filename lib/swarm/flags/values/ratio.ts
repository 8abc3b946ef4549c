import { readFloat } from '../../../flags/float.js';
import { ValueError } from '../../../text/flag-error.js';

const LARGEST_SINGLE = 3.4028235677973366e38;

/** A share of tasks, which the swarm keeps in single precision, by the fewest digits that mean the same there. */
export function readRatio(text: string): number {
  const exact = readFloat(text);
  if (!Number.isFinite(exact)) throw new ValueError(`unsupported value: ${text}`);
  if (Math.abs(exact) >= LARGEST_SINGLE) throw new ValueError('value out of range');
  const single = Math.fround(exact);
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(single.toPrecision(digits));
    if (Math.fround(short) === single) return short;
  }
  return Number(single.toPrecision(9));
}
