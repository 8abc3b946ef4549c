import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { compiled } from '../../program.js';
import type { RunProgramSpec } from './run-program.js';

export type { RunProgramSpec };

/** The command line of {@link RunProgramSpec | the program that runs one image}. */
export function runProgram(spec: RunProgramSpec): string[] {
  return [process.execPath, compiled('test/e2e/run/run-program.ts'), JSON.stringify(spec)];
}

/** Starts the program, connected by pipes. */
export function startRun(spec: RunProgramSpec, env: NodeJS.ProcessEnv): ChildProcessWithoutNullStreams {
  const [command, ...args] = runProgram(spec);
  return spawn(command!, args, { env });
}

export interface Outcome {
  status: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** What a program wrote, and how it ended. */
export async function outcomeOf(child: ChildProcessWithoutNullStreams): Promise<Outcome> {
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const [status, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return {
    status,
    signal,
    stdout: Buffer.concat(stdout).toString(),
    stderr: Buffer.concat(stderr).toString(),
  };
}

/** Runs the program to its end, with `input` on its standard input. */
export async function run(spec: RunProgramSpec, env: NodeJS.ProcessEnv, input = ''): Promise<Outcome> {
  const child = startRun(spec, env);
  child.stdin.on('error', () => undefined).end(input);
  return outcomeOf(child);
}
