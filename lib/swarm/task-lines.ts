import type { Readable } from 'node:stream';
import { outputFrames, type OutputPiece } from '../engine/containers/output-frames.js';
import { taskOutput } from '../engine/swarm/tasks.js';
import type { Engine } from '../engine/types.js';
import { bytesOf } from '../text/bytes.js';
import { OutputLines } from '../text/output-lines.js';
import { UserError } from '../text/user-error.js';

/** A line of what a task writes. */
export interface TaskLine {
  stream: OutputPiece['stream'];
  text: string;
}

/** The lines of a task's output. @param framed false where it has a terminal */
export async function* linesOf(output: Readable, framed: boolean): AsyncGenerator<TaskLine> {
  const streams = { stdout: new OutputLines(), stderr: new OutputLines() };
  for await (const { stream, bytes } of framed ? outputFrames(output) : unframed(output))
    for (const text of streams[stream].take(bytes)) yield { stream, text };
  for (const stream of ['stdout', 'stderr'] as const)
    for (const text of streams[stream].end()) yield { stream, text };
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
  const lines: string[] = [];
  const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
  try {
    const output = await taskOutput(engine, task, { tail: LAST, signal: limit });
    const stop = () => output.destroy();
    limit.addEventListener('abort', stop);
    try {
      for await (const { text } of linesOf(output, framed)) lines.push(text);
    } finally {
      limit.removeEventListener('abort', stop);
    }
  } catch (error) {
    const isExpected = error instanceof UserError || limit.aborted || isPremature(error);
    if (!isExpected) throw error;
  }
  return lines.slice(-LAST);
}

function isPremature(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
