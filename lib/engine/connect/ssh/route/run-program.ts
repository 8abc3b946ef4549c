import { text } from 'node:stream/consumers';
import type { SshConnection } from '../types.js';

/** Runs a program on the other machine to its end, without input. */
export async function runProgram(
  connection: SshConnection,
  argv: readonly string[],
): Promise<{ status: number; output: string }> {
  const program = await connection.exec(argv);
  program.stdin.on('error', () => {}).end();
  program.stderr.resume();
  const [output, status] = await Promise.all([text(program.stdout), program.exit]);
  return { status, output };
}
