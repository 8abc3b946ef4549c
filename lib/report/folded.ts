import { displayWidth, truncate } from './text.js';

/** A run of one flag, whose words a shell's quotes may hold together. */
const runOf = (flag: string) => new RegExp(`(?: ${flag}(?: |=)(?:'[^']*'|\\\\.|[^\\s'\\\\])+)+`, 'g');

const LABELS = runOf('--label');
const BUILD_ARGS = runOf('--build-arg');

/** A build, on whichever engine; all other commands are short, or somebody's own words. */
const BUILD = /^docker(?: -\S+ \S+)* (?:buildx )?build /;

/** Rows of a terminal that a build's command may take. */
const ROWS = 2;

/**
 * A docker command for a terminal: where it needs more than one row, the labels of it, which are long and many, are folded; a
 * build that needs more than two rows even so loses its build arguments, and then its end.
 *
 * @param columns of the terminal
 */
export function folded(line: string, columns: number): string {
  if (displayWidth(line) <= columns) return line;
  const short = line.replace(LABELS, ' --label …');
  const rows = ROWS * columns;
  if (displayWidth(short) <= rows || !BUILD.test(line)) return short;
  return truncate(short.replace(BUILD_ARGS, ' --build-arg …'), rows);
}
