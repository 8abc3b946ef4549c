import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { holdStreams } from '../program/hold-streams.js';
import type { RemoteProcess, SshConnection } from '../types.js';

/** The account does not run programs: its shell, or a command that its sshd forces on it, does something else. */
export class RunsNoPrograms extends Error {}

/** A program on the other machine, whose output begins after whatever its shell printed at login. */
export interface Program extends RemoteProcess {
  /** Whether the shell printed anything at login. */
  noisy: boolean;
}

/** Prints a random word ($0) on both outputs, then becomes the program: its output begins behind that word. */
const ANNOUNCE = 'echo "$0"; echo "$0" >&2; exec "$@"';

/**
 * Starts a program there of whose output nothing is lost, and which has only its own: what a shell prints when it starts
 * comes before, and is left out.
 *
 * @param patience milliseconds until it must have begun
 * @throws {RunsNoPrograms}, and what the connection fails with
 */
export async function startProgram(
  connection: SshConnection,
  argv: readonly string[],
  patience: number,
  hasInput = true,
): Promise<Program> {
  const word = randomBytes(12).toString('hex');
  const program = await connection.exec(['sh', '-c', ANNOUNCE, word, ...argv]);
  program.stdin.on('error', () => undefined);
  // If a forced command runs in place of the program, it might wait for input for ever.
  if (!hasInput) program.stdin.end();
  const done = new AbortController();
  const late = sleep(patience, 'late' as const, { signal: done.signal }).catch(() => 'late' as const);
  const outputs = [program.stdout, program.stderr];
  const release = holdStreams(outputs);
  const begun = Promise.all(outputs.map((stream) => readPast(`${word}\n`, stream)));
  const before = await Promise.race([begun, late]);
  release();
  done.abort();
  if (before === 'late' || before.includes(undefined)) {
    program.kill();
    throw new RunsNoPrograms('it runs no programs');
  }
  return { ...program, noisy: before[0] !== '' };
}

/**
 * Runs a program there to its end, without input.
 *
 * @param patience milliseconds until it must have begun
 * @throws {RunsNoPrograms}, and what the connection fails with
 */
export async function runProgram(
  connection: SshConnection,
  argv: readonly string[],
  patience: number,
): Promise<{ status: number; output: string; noisy: boolean }> {
  const { stdout, stderr, exit, noisy } = await startProgram(connection, argv, patience, false);
  stderr.resume();
  const [output, status] = await Promise.all([text(stdout), exit]);
  return { status, output, noisy };
}

/** Reads up to a mark, and gives what stood before it; undefined where the stream ends without it. */
async function readPast(mark: string, stream: Readable): Promise<string | undefined> {
  let seen = Buffer.alloc(0);
  while (!stream.readableEnded && !stream.destroyed) {
    const chunk: unknown = stream.read();
    if (!Buffer.isBuffer(chunk)) {
      await next(stream);
      continue;
    }
    seen = Buffer.concat([seen, chunk]);
    const at = seen.indexOf(mark);
    if (at === -1) continue;
    const rest = seen.subarray(at + mark.length);
    if (rest.length > 0) stream.unshift(rest);
    return seen.toString('latin1', 0, at);
  }
  return undefined;
}

/** Resolves when there may be something to read, or nothing any more. */
function next(stream: Readable): Promise<void> {
  const events = ['readable', 'end', 'close', 'error'];
  return new Promise((resolve) => {
    const done = () => {
      for (const event of events) stream.off(event, done);
      resolve();
    };
    for (const event of events) stream.on(event, done);
  });
}
