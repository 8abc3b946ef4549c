import type { Duplex } from 'node:stream';
import { isRefusal } from '../../engine/client/errors.js';
import { Exec } from '../../engine/containers/exec.js';
import type { Means } from '../../engine/means.js';
import { Foreground } from '../../run/foreground.js';
import type { RunStreams } from '../../run/index.js';
import { configuredDetachKeys, parseDetachKeys } from '../../run/streams/detach-keys.js';
import { claimInput } from '../../run/streams/input.js';
import { printable } from '../../text/printable.js';
import { errorOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import type { FoundContainer } from './found.js';

export interface ExecMeans extends Pick<Means, 'engine' | 'report' | 'signal' | 'env'> {
  streams: RunStreams;
}

export interface ExecChoice {
  command: readonly string[];
  /** As `docker exec --user` takes it; the container's own unless given. */
  user?: string;
}

/** Exit statuses of `docker exec` for what never ran. */
const NOT_EXECUTABLE = 126;
const NOT_FOUND = 127;

/** Whether a program gets a terminal: where there is one here for what goes in and what comes out. */
export function hasTerminal({ stdin, stdout }: Pick<RunStreams, 'stdin' | 'stdout'>): boolean {
  return Boolean(stdin.isTTY && stdout.isTTY);
}

/**
 * Runs a program within a container, as `docker exec` does: connected to the standard streams until it ends.
 *
 * @returns its exit status
 * @throws {UserError} `NOT_RUNNING`, `NO_SUCH_COMMAND`, `COMMAND_NOT_EXECUTABLE`, `EXEC_REFUSED`
 */
export async function execIn(
  container: FoundContainer,
  { command, user }: ExecChoice,
  means: ExecMeans,
): Promise<number> {
  const { engine, env, streams, report, signal } = means;
  const release = claimInput();
  const takesInput = release !== undefined;
  const tty = takesInput && hasTerminal(streams);
  const detachKeys = configuredDetachKeys(env);
  const waiting = new AbortController();
  let connection: Duplex | undefined;
  const onAbort = () => connection?.destroy(errorOf(signal.reason));
  signal.addEventListener('abort', onAbort);
  try {
    const exec = await Exec.create(engine, container.id, { command, user, tty, takesInput, detachKeys });
    signal.throwIfAborted();
    const started = await exec.start();
    connection = started;
    const ended = new Promise<void>((resolve) => started.once('end', resolve).once('close', resolve));
    const status = ended.then(() => exec.status(AbortSignal.any([signal, waiting.signal])));
    status.catch(() => undefined);
    if (signal.aborted) onAbort();
    const served = {
      title: container.section,
      tty,
      takesInput,
      resize: (size: { rows: number; columns: number }) => exec.resize(size),
      stop: () => Promise.resolve(),
      detached: `The command runs on in ${container.name}.`,
    };
    const parts = {
      connection: started,
      input: started,
      status,
      waiting,
      detachKeys: parseDetachKeys(detachKeys),
    };
    return await new Foreground(served, parts, { streams, report }).finish();
  } catch (error) {
    signal.throwIfAborted();
    throw explained(error, container, command);
  } finally {
    signal.removeEventListener('abort', onAbort);
    release?.();
  }
}

/** Turns an engine's refusal into a sentence that says what to do; others stay. */
function explained(
  error: unknown,
  { name, inspected }: FoundContainer,
  [program = '']: readonly string[],
): unknown {
  if (!isRefusal(error)) return error;
  const image = printable(inspected.Config.Image);
  const reason = error.sentence;
  if (/is not running|is paused|No such container/i.test(reason))
    return new UserError('NOT_RUNNING', `${name} takes no command: ${reason}.`, { cause: error });
  if (/executable file .*not found|no such file or directory/.test(reason))
    return new UserError('NO_SUCH_COMMAND', `There is no command "${program}" in ${image}.`, {
      cause: error,
      exitStatus: NOT_FOUND,
    });
  if (/permission denied|is a directory|not a regular file/.test(reason))
    return new UserError('COMMAND_NOT_EXECUTABLE', `"${program}" in ${image} is not executable.`, {
      cause: error,
      exitStatus: NOT_EXECUTABLE,
    });
  return new UserError('EXEC_REFUSED', `The command was not run in ${name}: ${reason}.`, {
    cause: error,
    exitStatus: NOT_EXECUTABLE,
  });
}
