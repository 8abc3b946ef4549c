import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { bytes, type Columns, duration, seconds } from './rounds.js';

/** Linux tells processor time in these, whatever the machine. */
const TICKS_A_SECOND = 100;

/** What a program took, from its start to its end. */
export interface Consumption {
  /** Milliseconds. */
  elapsed: number;
  /** Seconds on the processors, of the program with its children and of the machines that worked for it. */
  processor: number;
  /** The part of the program and its children alone. */
  own: number;
  /** Bytes that the largest of its processes has had in memory. */
  memory: number;
}

/** What of it is printed. */
export const CONSUMED = {
  time: { of: ({ elapsed }) => elapsed, as: duration },
  processor: { of: ({ processor }) => processor, as: seconds },
  memory: { of: ({ memory }) => memory, as: bytes },
} satisfies Columns<Consumption>;

export interface Program {
  argv: readonly string[];
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program.
 *
 * @param machines process IDs of the init processes of test bed machines
 * @throws where it fails, what it has said
 */
export async function consumption(
  { argv, cwd, env }: Program,
  machines: readonly number[] = [],
): Promise<Consumption> {
  const spaces = new Set(machines.map((pid) => readlinkSync(`/proc/${pid}/ns/pid`)));
  const [childrenBefore, machinesBefore] = [childrenTime(), machinesTime(spaces)];
  const started = performance.now();
  const [program = '', ...words] = argv;
  const child = spawn(program, words, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (bytes: Buffer) => (said += bytes.toString()));
  let memory = 0;
  const look = setInterval(() => (memory = Math.max(memory, largestBelow(child.pid ?? 0))), 25);
  const ending: unknown[] = await once(child, 'exit');
  clearInterval(look);
  const elapsed = performance.now() - started;
  if (ending[0] !== 0) throw new Error(`${argv.join(' ')}: ${said}`);
  const own = childrenTime() - childrenBefore;
  return { elapsed, own, processor: own + machinesTime(spaces) - machinesBefore, memory };
}

/** Seconds of all children of this process that have ended, with theirs. */
function childrenTime(): number {
  const { reaped } = timesOf('self');
  return reaped / TICKS_A_SECOND;
}

/** Seconds of all processes in these process namespaces, those included that have ended there. */
function machinesTime(spaces: ReadonlySet<string>): number {
  if (spaces.size === 0) return 0;
  const processes = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  const inside = processes.filter((pid) => spaces.has(spaceOf(pid)));
  return inside.reduce((sum, pid) => sum + timesOf(pid).own + timesOf(pid).reaped, 0) / TICKS_A_SECOND;
}

function spaceOf(pid: string): string {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`);
  } catch {
    return ''; // It has just ended.
  }
}

/** Ticks of a process, and of its children that have ended. */
function timesOf(pid: string): { own: number; reaped: number } {
  try {
    const [, rest = ''] = /\) (.*)$/s.exec(readFileSync(`/proc/${pid}/stat`, 'utf8')) ?? [];
    const [user = 0, system = 0, childrenUser = 0, childrenSystem = 0] = rest
      .split(' ')
      .slice(11)
      .map(Number);
    return { own: user + system, reaped: childrenUser + childrenSystem };
  } catch {
    return { own: 0, reaped: 0 };
  }
}

/** The largest resident set, so far, of a process and all below it. */
function largestBelow(pid: number): number {
  try {
    const [, kilobytes = '0'] = /VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    const children = readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' '))
      .filter(Boolean);
    return Math.max(Number(kilobytes) * 1024, ...children.map((child) => largestBelow(Number(child))));
  } catch {
    return 0;
  }
}
