import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { codeOf } from '../text/thrown.js';
import { machineId } from './cache-folder.js';

/** Milliseconds after which what a process of another machine has left goes: that process cannot be asked for. */
export const FOREIGN_AGE = 24 * 3600_000;

/**
 * What this process writes on what it makes elsewhere, so that a later one can tell whether it is still there:
 * `<time>-<where>-<process>-<start>`, in characters that a label and a tag can hold.
 */
export function processMark(now = Date.now()): string {
  return [now.toString(36), processSpace(), process.pid, startOf(process.pid)].join('-');
}

/** Whether the process of a mark has ended; one on another machine counts as ended after a day. */
export function hasEnded(mark: string, now = Date.now()): boolean {
  const [, time, where, pid, start] = /^([0-9a-z]+)-([0-9a-f]+)-(\d+)-(\d*)$/.exec(mark) ?? [];
  if (time === undefined) return false;
  if (where !== processSpace()) return now - parseInt(time, 36) > FOREIGN_AGE;
  // Numbers of processes are given out again.
  return !isAlive(Number(pid)) || startOf(Number(pid)) !== start;
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

/**
 * Where process numbers mean what they mean here: a machine, and on it one of the namespaces of a container. A copy of a
 * virtual machine has its IDs, and another name; a Mac's name, though, changes with the network.
 */
export function processSpace(): string {
  const name = process.platform === 'linux' ? hostname() : machineId();
  const id = orNothing(() => readFileSync('/etc/machine-id', 'utf8'));
  const namespace = orNothing(() => readlinkSync('/proc/self/ns/pid'));
  return shortHash(`${name} ${id} ${namespace}`);
}

/** Eight hexadecimal digits. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** When a process began, in ticks since the machine did (proc(5)); empty where that cannot be read. */
function startOf(pid: number): string {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  // The second field is the program's name, in parentheses, with whatever is in it.
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

/** Empty if the file or value cannot be read: not every system has it. */
function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
