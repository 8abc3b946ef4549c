import { displayWidth } from '../../lib/report/text.js';
import { wrapped } from '../../lib/report/wrapped.js';
import { type AnyFlagTable, type Flag, flagName } from '../flags.js';

/** A flag or a task, and what it does. */
export type UsageRow = readonly [left: string, right: string];

/** Rows of all flags of a table: `--tag TAG`. */
export function flagRows(flags: AnyFlagTable): UsageRow[] {
  return Object.entries(flags).map(([option, flag]) => [flagWithValue(option, flag), flag.description]);
}

/** `--tag TAG` */
export function flagWithValue(option: string, flag: Flag): string {
  const value = flag.type === 'boolean' ? '' : ` ${flag.value ?? 'VALUE'}`;
  return `--${flagName(option, flag)}${value}`;
}

/** A row is broken into two lines where less than this is left for what stands at its right. */
const NARROWEST = 20;

/**
 * Rows in two columns, a line a row where they fit.
 *
 * @param columns of the terminal
 */
export function renderRows(rows: readonly UsageRow[], columns: number = Infinity): string[] {
  const width = Math.max(0, ...rows.map(([left]) => displayWidth(left)));
  const room = columns - width - 4;
  return rows.flatMap(([left, right]) => {
    if (room < NARROWEST) return [`  ${left}`, ...wrapped(right, columns - 6).map((line) => `      ${line}`)];
    const [first = '', ...others] = wrapped(right, room);
    return [`  ${left.padEnd(width)}  ${first}`, ...others.map((line) => `  ${' '.repeat(width)}  ${line}`)];
  });
}
