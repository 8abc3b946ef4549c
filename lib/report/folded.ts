import { displayWidth } from './text.js';

/** A run of `--label` flags, whose words a shell's quotes may hold together. */
const LABELS = /(?: --label(?: |=)(?:'[^']*'|\\.|[^\s'\\])+)+/g;

/** What stands for them. */
const FOLDED = ' --label …';

/**
 * A docker command for a terminal: where it needs more than one row, the labels of it, which are long and many, are folded.
 *
 * @param columns of the terminal
 */
export function folded(line: string, columns: number): string {
  return displayWidth(line) <= columns ? line : line.replace(LABELS, FOLDED);
}
