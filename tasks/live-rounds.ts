import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineAddress } from '../lib/engine/types.js';
import type { Pattern } from '../lib/ignore/pattern.js';
import type { Selection } from '../lib/ignore/selection.js';
import type { RoundsSpec } from '../lib/live/index.js';
import type { Image } from '../lib/project/index.js';
import type { Report } from '../lib/report/types.js';
import { UserError } from '../lib/text/user-error.js';
import { placeOf } from '../lib/text/word.js';
import { buildImages } from './build.js';
import { imageOf, type TaskContext } from './context.js';

export interface RoundsRequest {
  address: EngineAddress;
  /** What a build writes beside the container's own output. */
  report: Report;
  signal: AbortSignal;
  tag?: string;
  /** What stays out of the container, or of the build. */
  ignored: readonly Pattern[];
  /** What the container itself writes here. */
  back: readonly Pattern[];
  /** Folders and files of the project that the container sees, relative to it. */
  mounted: readonly string[];
}

/**
 * What a container is started again or replaced for, as the section of its image says.
 *
 * @throws {UserError} `NOT_BUILDABLE` where `live_rebuild` stands in the section of a synthetic image, and what is wrong
 *   with patterns and with the Dockerfile
 */
export async function roundsOf(
  context: TaskContext,
  image: Image,
  request: RoundsRequest,
): Promise<RoundsSpec> {
  const { patternsOf } = await import('../lib/live/index.js');
  const { ignored, back, address, report, signal, tag } = request;
  const exclude = [...ignored, ...back];
  const { name, liveRestart = [], reference } = image;
  return {
    name,
    root: context.project.root,
    restart: liveRestart.length > 0 ? [{ include: patternsOf(liveRestart), exclude }] : [],
    rebuild: await rebuildOf(context, image, request),
    build: {
      reference,
      writes: image.preBuildScript.length > 0,
      async carryOut() {
        await buildImages(context, { image: name }, { tag }, { report, signal, address });
      },
    },
  };
}

async function rebuildOf(
  context: TaskContext,
  image: Image,
  { ignored, back, mounted, address }: RoundsRequest,
): Promise<Selection[]> {
  const { patternsOf } = await import('../lib/live/index.js');
  const { name, synthetic, liveRebuild } = image;
  if (synthetic) {
    const [first] = liveRebuild ?? [];
    if (!first) return [];
    const place = first.origin ? `${placeOf(first.origin)}: ` : '';
    throw new UserError(
      'NOT_BUILDABLE',
      `${place}live_rebuild names what ${name} is built from, but ${name} is a synthetic image, which is not built: leave it out.`,
    );
  }
  if (liveRebuild)
    return liveRebuild.length > 0
      ? [{ include: patternsOf(liveRebuild), exclude: [...back, ...patternsOf(OWN)] }]
      : [];
  const { builtFrom, readRecipe } = await import('../lib/build/index.js');
  const { root } = context.project;
  const recipe = readRecipe(
    context.project,
    imageOf(context, name, { remote: address.remote, operation: 'build' }),
    { env: context.env },
  );
  const sources = builtFrom(recipe, root);
  const folders = sources.filter((source) => isFolder(join(root, source)));
  const words = (paths: readonly string[]) => patternsOf(paths.map((text) => ({ text })));
  const files: Selection = {
    include: words(sources.filter((source) => !folders.includes(source))),
    exclude: back,
  };
  if (folders.length === 0 || mounted.includes('')) return [files];
  const exclude = [...ignored, ...back, ...words(mounted), ...patternsOf(OWN)];
  return [files, { include: folders.includes('') ? [] : words(folders), exclude }];
}

/** What git and the build itself write. */
const OWN = [{ text: '.git' }, { text: '**/_version.py.bld' }];

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
