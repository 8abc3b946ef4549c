import { outputFrames, type OutputPiece } from '../engine/containers/output-frames.js';
import { taskOutput } from '../engine/swarm/tasks.js';
import type { Engine } from '../engine/types.js';
import { bytesOf } from '../text/bytes.js';
import { OutputLines } from '../text/output-lines.js';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';

/** A line of what a task writes. */
export interface TaskLine {
  stream: OutputPiece['stream'];
  text: string;
}

/** The lines of what a task writes, as it comes in pieces. */
export class TaskLines {
  readonly #streams = { stdout: new OutputLines(), stderr: new OutputLines() };

  /** @returns the lines that have ended by now */
  take({ stream, bytes }: OutputPiece): TaskLine[] {
    return this.#streams[stream].take(bytes).map((text) => ({ stream, text }));
  }

  /** @returns the last ones, where they have no end */
  end(): TaskLine[] {
    return (['stdout', 'stderr'] as const).flatMap((stream) =>
      this.#streams[stream].end().map((text) => ({ stream, text })),
    );
  }
}

export interface PiecesOptions {
  /** False where the task has a terminal. */
  framed: boolean;
  /** Goes on with what is written from now on. */
  follow?: boolean;
  /** The last lines alone. */
  tail?: number;
  signal: AbortSignal;
}

/** What a task writes, until its node has told all, or is cut off: by the signal, or since it is no longer there. */
export async function* taskPieces(
  engine: Engine,
  task: string,
  { framed, ...options }: PiecesOptions,
): AsyncGenerator<OutputPiece> {
  const { signal } = options;
  try {
    const output = await taskOutput(engine, task, options);
    const stop = () => output.destroy();
    signal.addEventListener('abort', stop);
    try {
      if (signal.aborted) return stop();
      yield* framed ? outputFrames(output) : unframed(output);
    } finally {
      signal.removeEventListener('abort', stop);
    }
  } catch (error) {
    const isExpected =
      error instanceof UserError || signal.aborted || codeOf(error) === 'ERR_STREAM_PREMATURE_CLOSE';
    if (!isExpected) throw error;
  }
}

async function* unframed(output: AsyncIterable<unknown>): AsyncGenerator<OutputPiece> {
  for await (const chunk of output) yield { stream: 'stdout', bytes: bytesOf(chunk) };
}

/** Lines that are shown of a task that failed, and milliseconds that its node has to tell them. */
const LAST = 20;
const PATIENCE = 10_000;

/** What a task wrote last, as far as its node tells: where it has gone, nobody does. */
export async function lastLines(
  engine: Engine,
  task: string,
  { framed, signal }: { framed: boolean; signal: AbortSignal },
): Promise<string[]> {
  const lines = new TaskLines();
  const all: TaskLine[] = [];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  for await (const piece of taskPieces(engine, task, { framed, tail: LAST, signal: limit }))
    all.push(...lines.take(piece));
  return [...all, ...lines.end()].slice(-LAST).map(({ text }) => text);
}
