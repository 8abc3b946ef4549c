import { flag, list, number, object, optional, type Shaped, text } from '../engine/client/shape.js';
import { makerOf } from '../engine/makers/index.js';
import type { Engine, EngineAddress, EngineFacts } from '../engine/types.js';
import { formatBytes } from '../report/index.js';
import { doubtful, type Finding, right, wrong } from './findings.js';

/** An engine may count for minutes what its images take. */
const USAGE_TIMEOUT = 15_000;
const SCARCE_SPACE = 5e9;
const NO_SPACE = 500e6;

/** What an engine is. @param dockerContext the docker configuration's current context, which DOCKER_HOST overrides */
export function engineFindings(
  { url, origin }: EngineAddress,
  facts: EngineFacts,
  dockerContext?: string,
): Finding[] {
  const { version, apiVersion, os, arch } = facts;
  const { title } = makerOf(facts);
  const overridden = origin === 'DOCKER_HOST' && dockerContext !== undefined && dockerContext !== 'default';
  return [
    right(`${title} ${version} (API ${apiVersion}, ${os}/${arch}) answers at ${url}, from ${origin}`),
    ...(overridden
      ? [
          doubtful(
            `DOCKER_HOST is set, so the docker context "${dockerContext}" is not used: unset one of them`,
          ),
        ]
      : []),
    ...waysOf(facts),
  ];
}

function waysOf(facts: EngineFacts): Finding[] {
  const { ways } = makerOf(facts);
  if (ways) return [right(ways.builds), right(ways.keeps)];
  return [
    facts.buildkit
      ? right('it builds with BuildKit')
      : doubtful(
          'it has no BuildKit: builds go by the classic builder, without --secret, --ssh and cache mounts; update the engine',
        ),
    right(
      facts.store === 'containerd'
        ? "it keeps images in containerd's store, which can hold several platforms of one"
        : 'it keeps images behind a graph driver, so an image has one platform',
    ),
  ];
}

/** What lies between an image that is built here and an engine that it goes to. */
export function hostFindings(host: string, facts: EngineFacts, own: EngineFacts | undefined): Finding[] {
  const platform = `${facts.os}/${facts.arch}`;
  const reached = right(`${host}: ${makerOf(facts).title} ${facts.version} (${platform}) answers`);
  if (!own || (own.os === facts.os && own.arch === facts.arch)) return [reached];
  return [
    reached,
    doubtful(
      `${host} is ${platform}, the engine here ${own.os}/${own.arch}: build what goes there with --platform ${platform} in build_args=`,
    ),
  ];
}

/** Bytes that an engine's data take, as GET /system/df says. */
export interface DiskUsage {
  images: number;
  buildCache: number;
  /** Free on the disk of the engine's data; undefined where the engine cannot be asked and its disk is not ours. */
  free?: number;
}

/**
 * Asks an engine what its data take.
 *
 * @param freeSpace tells what is free in a folder of this machine; the engine's own folder is asked for where it runs here
 * @returns undefined where it does not answer in time
 */
export async function askDiskUsage(
  engine: Engine,
  freeSpace: (folder: string) => Promise<number>,
): Promise<DiskUsage | undefined> {
  const signal = AbortSignal.timeout(USAGE_TIMEOUT);
  try {
    const [usage, { DockerRootDir }] = await Promise.all([
      engine.client.json('GET', '/system/df', USAGE, { signal }),
      engine.client.json('GET', '/info', ROOT, { signal }),
    ]);
    const free = engine.address.remote ? undefined : await freeSpace(DockerRootDir).catch(() => undefined);
    return { ...sizesOf(usage), ...(free !== undefined && { free }) };
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  }
}

/** Engines from API version 1.52 on sum up by themselves; the older ones, and 1.52 too, list what there is. */
function sizesOf(usage: Shaped<typeof USAGE>): { images: number; buildCache: number } {
  const { ImageUsage, BuildCacheUsage, LayersSize, BuildCache } = usage;
  const listed = (BuildCache ?? []).reduce((sum, { Size, Shared }) => sum + (Shared ? 0 : Size), 0);
  return {
    images: ImageUsage?.TotalSize ?? LayersSize ?? 0,
    buildCache: BuildCacheUsage?.TotalSize ?? listed,
  };
}

export function diskFindings(usage: DiskUsage | undefined): Finding[] {
  if (!usage)
    return [doubtful(`it did not say within ${USAGE_TIMEOUT / 1000} s what its data take on the disk`)];
  const { images, buildCache, free } = usage;
  const taken = `images take ${formatBytes(images)}, the build cache ${formatBytes(buildCache)}`;
  if (free === undefined) return [right(taken)];
  const text = `${taken}, ${formatBytes(free)} are free`;
  const remedy = 'docker system prune, or docker builder prune for the cache alone, makes room';
  if (free < NO_SPACE) return [wrong(`${text}: too little to build anything; ${remedy}`)];
  return [free < SCARCE_SPACE ? doubtful(`${text}: not much; ${remedy}`) : right(text)];
}

/** The engine leaves out a size of 0: `"BuildCacheUsage": {}` is an empty cache. */
const SUM = optional(object({ TotalSize: optional(number) }));

const USAGE = object({
  ImageUsage: SUM,
  BuildCacheUsage: SUM,
  LayersSize: optional(number),
  BuildCache: optional(list(object({ Size: number, Shared: flag }))),
});

const ROOT = object({ DockerRootDir: text });
