import { ValueError } from '../text/flag-error.js';

/** An integer type of docker's request. */
export interface IntegerType {
  bits: 16 | 32 | 64;
  signed: boolean;
}

export const int64 = (text: string): number => readInteger(text, { bits: 64, signed: true });
export const uint64 = (text: string): number => readInteger(text, { bits: 64, signed: false });
export const uint16 = (text: string): number => readInteger(text, { bits: 16, signed: false });

/** Whole numbers of Go's syntax: decimal, `0x`, `0o`, `0b` or a leading `0` for octal, `_` between digits. */
export function readInteger(text: string, type: IntegerType): number {
  const [, sign = '', digits = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if ((sign && !type.signed) || !INTEGER.test(digits)) throw new ValueError('invalid syntax');
  const magnitude = BigInt(digits.replaceAll('_', '').replace(/^0(?=[0-7])/, '0o'));
  return inRange(sign === '-' ? -magnitude : magnitude, type);
}

const INTEGER =
  /^(0x_?[\da-f]+(_[\da-f]+)*|0b_?[01]+(_[01]+)*|0o_?[0-7]+(_[0-7]+)*|0[0-7]*(_[0-7]+)*|[1-9]\d*(_\d+)*)$/i;

/** Whole numbers in plain decimal digits. */
export function readDecimal(text: string, type: IntegerType): number {
  if (!(type.signed ? /^[+-]?\d+$/ : /^\d+$/).test(text)) throw new ValueError('invalid syntax');
  return inRange(BigInt(text.replace(/^\+/, '')), type);
}

function inRange(value: bigint, { bits, signed }: IntegerType): number {
  const least = signed ? -(2n ** BigInt(bits - 1)) : 0n;
  const most = 2n ** BigInt(signed ? bits - 1 : bits) - 1n;
  if (value < least || value > most) throw new ValueError('value out of range');
  return exactNumber(value);
}

/**
 * The number that says `value` in JSON digit for digit. Not every integer of 64 bits can be one, and a rounded
 * limit would be another limit than the one that was asked for.
 */
export function exactNumber(value: bigint): number {
  const number = Number(value);
  if (String(number) !== String(value))
    throw new ValueError('value out of range: too large to be kept exactly');
  return number;
}
