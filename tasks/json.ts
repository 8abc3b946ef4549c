import type { Report } from '../lib/report/types.js';
import { printableJson } from '../lib/text/quoted.js';
import type { Flag } from './flags.js';

/** `--json`, of every task that has a result. */
export const JSON_FLAG: Flag = {
  type: 'boolean',
  description: 'print what comes of it as JSON, and all else on standard error',
};

type Write = typeof process.stdout.write;

/** The way to standard output, once that is kept for JSON. */
let reserved: Write | undefined;

/**
 * Keeps standard output for JSON: what gulp, the gulpfile and containers write there goes to standard error. It holds until
 * the process ends, since gulp's last line comes behind all tasks.
 */
export function reserveOutput(): void {
  if (reserved) return;
  const { stdout, stderr } = process;
  reserved = stdout.write.bind(stdout);
  stdout.write = stderr.write.bind(stderr);
}

/** Prints a value as one line of JSON on standard output. */
export function printJson(value: object, report: Report): void {
  const { stdout } = process;
  const resume = report.suspend();
  const write = reserved ?? stdout.write.bind(stdout);
  write(`${printableJson(value)}\n`);
  resume();
}
