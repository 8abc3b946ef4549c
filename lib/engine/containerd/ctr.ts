import { Readable } from 'node:stream';
import { buffer, text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { printableLine } from '../../text/printable.js';
import { codeOf } from '../../text/thrown.js';
import { engineLost } from '../client/errors.js';
import type { Waiting } from '../client/waiting.js';
import type { EngineAddress } from '../connect/host.js';
import { type Program, RunsNoPrograms, startProgram } from '../connect/ssh/route/run-program.js';
import type { SshConnection } from '../connect/ssh/types.js';

/** containerd, or the shell around it, says no; the message is what it said. */
export class CtrFailure extends Error {}

export interface CtrOptions {
  /** Its standard input. */
  input?: AsyncIterable<Buffer> | Iterable<Buffer>;
  signal?: AbortSignal;
}

/** The program `ctr` on a node. */
export interface Ctr {
  /** Its words on that machine, with the namespace. */
  readonly argv: readonly string[];
  /**
   * Runs a script of POSIX sh there whose first words are `words`, followed by those of `ctr` itself: `shift` leaves
   * these as `"$@"`.
   *
   * @returns what it printed
   * @throws {CtrFailure}, `ENGINE_LOST` where containerd itself does not answer, and what the connection or the input
   *   fails with
   */
  script(script: string, words: readonly string[], options?: CtrOptions): Promise<Buffer>;
}

/** Words of `ctr` about a containerd that is not there, or has gone meanwhile. */
const UNREACHED =
  /failed to dial|connection (?:error|refused)|transport is closing|error reading from server/i;

/** How long is waited for a node. */
export interface NodePatience {
  /** Milliseconds until a program there must have begun. */
  patience: number;
  /** Begins to tell of a program that takes long. */
  waiting: () => Waiting;
}

export function ctrOn(
  ssh: SshConnection,
  address: EngineAddress,
  argv: readonly string[],
  { patience, waiting }: NodePatience,
): Ctr {
  const lost = (cause: Error) => engineLost(address, argv.join(' '), cause);
  const failure = (reason: string) => {
    const error = new CtrFailure(reason);
    return UNREACHED.test(reason) ? lost(error) : error;
  };
  const begun = async (starting: Promise<Program>) => {
    try {
      return await starting;
    } catch (error) {
      // It ran programs before.
      throw error instanceof RunsNoPrograms ? lost(error) : error;
    }
  };
  return {
    argv,
    async script(script, words, { input, signal } = {}) {
      signal?.throwIfAborted();
      const all = ['sh', '-c', script, 'sh', ...words, ...argv];
      const program = await begun(startProgram(ssh, all, patience, input !== undefined));
      const kill = () => program.kill();
      const told = waiting();
      signal?.addEventListener('abort', kill);
      let unsent: Error | undefined;
      if (input)
        pipeline(Readable.from(told.given(input), { objectMode: false }), program.stdin).catch(
          (error: Error) => {
            // A pipe that broke tells nothing: why the program ended does. What did not come must not look like the end.
            if (!isBrokenPipe(error)) unsent = error;
            if (unsent) program.kill();
          },
        );
      try {
        const ended = [buffer(program.stdout), text(program.stderr), program.exit] as const;
        const [output, said, status] = await Promise.all(ended);
        if (status !== 0) throw failure(lastLine(said) || `it ended with status ${status}`);
        return output;
      } catch (error) {
        signal?.throwIfAborted();
        throw unsent ?? error;
      } finally {
        told.end();
        signal?.removeEventListener('abort', kill);
      }
    },
  };
}

function isBrokenPipe(error: Error): boolean {
  return ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE'].includes(codeOf(error) ?? '');
}

/** What it said last, of which nothing but the reason is of interest. */
function lastLine(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  const reason = lines.findLast((line) => line.startsWith('ctr: ')) ?? lines.findLast((line) => line !== '');
  return printableLine(reason?.replace(/^ctr: /, '') ?? '');
}
