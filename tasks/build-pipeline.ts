import type { Transform } from 'node:stream';
import { buildPipeline } from '../lib/build/pipeline/pipeline.js';
import { buildImages } from './build.js';
import { BUILD_FLAGS, type BuildOptions } from './build-options.js';
import { checkBuildable } from './check-buildable.js';
import { engineAddress, type TaskContext } from './context.js';
import { carryOutJob } from './define-task.js';
import { checkOptions } from './options.js';

/**
 * A stream that builds an image from the Vinyl files that come, as the end of a gulp pipeline or in the middle of one: the
 * files are the whole build context, together with the image's Dockerfile. Downstream it emits one Vinyl file,
 * `<image>.json`, with the image's ID, digest, tags and size; the same is its `image` property. A dry run emits nothing.
 *
 * The engine is opened when the first file comes, and closed whatever happens.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function buildImage(context: TaskContext, name: string, options: BuildOptions = {}): Transform {
  checkBuildable(context.project, name);
  const pinned = checkOptions('buildImage()', BUILD_FLAGS, options);
  const title = `buildImage('${name}')`;
  const { neverRun } = context.invocation;
  const stream = buildPipeline({
    carryOut(build, broken) {
      neverRun.ran(stream);
      return carryOutJob(context, {
        name: title,
        kind: 'build',
        flags: BUILD_FLAGS,
        options: pinned,
        async work(chosen, { report, signal, result }) {
          const address = await engineAddress(context, { host: chosen.host });
          const run = { report, signal: AbortSignal.any([signal, broken]), address, result };
          const scope = { image: name, bases: chosen.base ? 'too' : undefined, piped: true } as const;
          await buildImages(context, scope, chosen, { ...run, pipeline: build });
        },
      });
    },
  });
  neverRun.made(stream, title);
  return stream;
}
