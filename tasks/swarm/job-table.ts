import { formatDuration, renderTable } from '../../lib/report/index.js';
import type { IndexResult } from '../../lib/swarm/index.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Printer } from '../print.js';

/** What became of each index, a line each. */
export function renderJob(
  results: readonly IndexResult[],
  { palette, columns }: Omit<Printer, 'print'>,
): string[] {
  const rows = results.map(({ index, status, tries, node = '', problem, elapsed }) => [
    String(index),
    problem === undefined ? palette.green(String(status)) : palette.red(String(status ?? '–')),
    String(tries),
    node,
    tries === 0 ? '' : formatDuration(elapsed),
    problem ?? '',
  ]);
  const table = [['INDEX', 'STATUS', 'TRIES', 'NODE', 'TIME', ''], ...rows];
  const [head = '', ...lines] = renderTable(table, [], { columns, ellipsis: palette.signs.ellipsis });
  return [palette.bold(head), ...lines];
}

/** Failures that a sentence tells; the table has all of them. */
const MANY = 10;

/** @throws {UserError} `JOB_FAILED` unless all have ended with status 0 */
export function throwFailures(name: string, results: readonly IndexResult[]): void {
  const failed = results.filter(({ problem }) => problem !== undefined);
  if (failed.length === 0) return;
  const ran = failed.filter(({ tries }) => tries > 0);
  const list = ran.slice(0, MANY).map(({ index, problem }) => `${index} ${problem}`);
  const more = ran.length > MANY ? `, and ${ran.length - MANY} more` : '';
  throw new UserError(
    'JOB_FAILED',
    `${failed.length} of ${results.length} of ${name} did not end with status 0: ${list.join(', ')}${more}.`,
  );
}
