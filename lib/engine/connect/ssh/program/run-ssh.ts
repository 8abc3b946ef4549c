import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:os';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { programPath } from '../../../../system/programs.js';
import type { Environment } from '../../../credentials/docker-config.js';

/** ssh's exit status for its own failures. */
export const SSH_FAILED = 255;

/** What an ssh program that has ended leaves. */
export interface Ended {
  status: number;
  output: string;
  /** Its diagnostics. */
  said: string;
}

/** Runs the system's ssh to its end, which a signal brings about, without input. */
export async function runSsh(
  argv: readonly string[],
  env: Environment,
  signal?: AbortSignal,
): Promise<Ended> {
  const child = spawn(programPath('ssh', env) ?? 'ssh.exe', argv, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const stop = () => child.kill();
  if (signal?.aborted) stop();
  signal?.addEventListener('abort', stop);
  let output = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [status, endedBy] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  signal?.removeEventListener('abort', stop);
  // An ssh that stays in the background may keep its output open for good.
  const enough = new AbortController();
  await Promise.race([
    Promise.all([finished(child.stdout), finished(child.stderr)]),
    delay(100, undefined, { signal: enough.signal }),
  ]);
  enough.abort();
  child.stdout.destroy();
  child.stderr.destroy();
  return { status: exitStatus(status, endedBy), output, said };
}

/** As a shell tells it: 128 + n after signal n. */
export function exitStatus(status: number | null, signal: NodeJS.Signals | null): number {
  return status ?? 128 + (signal === null ? 0 : constants.signals[signal]);
}
