import { readFileSync } from 'node:fs';

/**
 * Whether a process is there. A zombie counts: while some of its threads still end, its sockets are open. All
 * processes that the bed waits for have a parent that reaps them.
 */
export function isAlive(pid: number): boolean {
  return startTime(pid) !== undefined;
}

/**
 * When a process started, in clock ticks since boot: with its pid the only sure name of a process, since pids are
 * given out again. Undefined where no such process lives.
 */
export function startTime(pid: number): string | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' '); // from field 3 of proc(5) on
  return fields[19];
}
