import type { Activity } from '../report/types.js';
import { commandLine } from '../text/command-line.js';
import { UserError } from '../text/user-error.js';
import { StepOutput } from './progress/step-output.js';

/**
 * Runs a `pre_build_script` or `post_build_script`: a command and its arguments, in the project root; none is no work.
 * @throws {UserError} `BUILD_SCRIPT` where it ends by anything but 0
 */
export async function runScript(
  script: readonly string[],
  root: string,
  activity: Activity,
  signal: AbortSignal,
): Promise<void> {
  const [command, ...words] = script;
  if (command === undefined) return;
  signal.throwIfAborted();
  // It also starts what npm installs on Windows: batch files, and scripts with a first line that names their program.
  const { default: spawn } = await import('cross-spawn');
  const child = spawn(command, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], signal });
  const output = new StepOutput();
  const show = (lines: readonly string[]) => lines.forEach((line) => activity.line(line));
  child.stdout?.on('data', (bytes: Buffer) => show(output.add(bytes)));
  child.stderr?.on('data', (bytes: Buffer) => show(output.add(bytes)));
  const [status, by] = await new Promise<[number | null, string | null]>((resolve, reject) => {
    child.once('error', (error) => reject(signal.aborted ? error : notStarted(command, error)));
    child.once('close', (...ended) => resolve(ended));
  });
  show(output.end());
  if (status === 0) return;
  throw new UserError(
    'BUILD_SCRIPT',
    `The build script ${commandLine(script)} failed (${by ?? `exit status ${status}`}).`,
  );
}

function notStarted(command: string, cause: NodeJS.ErrnoException): UserError {
  const why = cause.code === 'ENOENT' ? 'there is no such command' : cause.message;
  return new UserError('BUILD_SCRIPT', `The build script ${command} cannot be run: ${why}.`, { cause });
}
