import { createRequire } from 'node:module';
import type { Transform } from 'node:stream';
import type * as through2 from 'through2';
import type Vinyl from 'vinyl';
import type { Means } from '../../engine/means.js';
import { errorOf } from '../../text/thrown.js';
import type { BuiltImage } from '../carry-out.js';
import type { BuildPlan } from '../plan.js';

export interface PipelineOptions {
  /**
   * Has the image built, and gives the engine back whatever happens. Called when the first file comes, or the end.
   *
   * @param broken aborted when the pipeline breaks off
   */
  carryOut: (build: PipelineBuild, broken: AbortSignal) => Promise<unknown>;
  /** Instead of 64 MiB. */
  heldBytes?: number;
}

/** Builds from the pipeline's files. Where it is not called, they pass unused, and nothing comes out of the pipeline. */
export type PipelineBuild = (plan: BuildPlan, means: Means) => Promise<BuiltImage>;

/**
 * An object stream whose Vinyl files are the context of a build, see `carryOutPipeline`. Downstream it emits the one Vinyl
 * file that describes the image. It loads what builds only when it is used.
 */
export function buildPipeline({ carryOut, heldBytes }: PipelineOptions): Transform {
  const broken = new AbortController();
  // Loaded here, because it takes longer to load than all else that a gulpfile without a pipeline needs.
  const { objectTransform } = createRequire(import.meta.url)('through2') as typeof through2;
  const stream = objectTransform({ highWaterMark: 1 }, async function* (files: AsyncGenerator<unknown>) {
    const first = await files.next();
    if (broken.signal.aborted) return;
    let described: Vinyl | undefined;
    await carryOut(async (plan, means) => {
      const { carryOutPipeline, imageFile } = await import('./carry-out-pipeline.js');
      const signal = AbortSignal.any([broken.signal, means.signal]);
      const arriving = filesUntil(signal, first, files);
      const built = await carryOutPipeline(plan, { ...means, signal, files: arriving, heldBytes });
      described = imageFile(plan, built);
      return built;
    }, broken.signal);
    if (described) yield described;
    else while (!(await files.next()).done);
  }) as unknown as Transform;
  // Half of the files would make an image, too, but not the right one.
  const reason = new Error('The pipeline ended before all files had come.');
  return stream.once('close', () => broken.abort(reason));
}

/** Files as they come, until a signal says not to wait for more. */
async function* filesUntil(
  signal: AbortSignal,
  first: IteratorResult<unknown>,
  rest: AsyncGenerator<unknown>,
): AsyncGenerator<unknown> {
  for (let next = first; !next.done; next = await nextUntil(signal, rest)) yield next.value;
  signal.throwIfAborted();
}

function nextUntil(signal: AbortSignal, files: AsyncGenerator<unknown>): Promise<IteratorResult<unknown>> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(errorOf(signal.reason));
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    files
      .next()
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', stop));
  });
}
