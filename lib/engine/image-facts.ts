import { compareVersions } from './facts.js';
import type { Engine } from './types.js';
import { callEngine, statusOf } from './call.js';
import type { Blob } from '../oci/blob.js';
import type { Platform } from '../oci/image-platform.js';

/** What an engine says of an image, without reading the image itself. */
export interface ImageFacts {
  /** The config's digest behind a graph driver, the manifest's or index's in containerd's store. */
  id: string;
  platform: Platform;
  /** Digests of the uncompressed layers, the base's first. */
  diffIds: readonly string[];
  /** Paths over which its containers have volumes. */
  volumes: readonly string[];
  /** Fingerprint for comparing images across stores, where IDs differ. */
  likeness: string;
  /** The image's manifest as a file, where single files of the engine's store can be read. */
  manifest?: Blob;
  /** Where, behind overlay2, the files of each layer stand on the engine's machine. */
  folders?: readonly string[];
}

/** First API version whose image inspection takes a platform. */
const PLATFORM_API = '1.49';

/** The part of a configuration that every image store keeps (the OCI image specification, and docker's additions). */
const CONFIG_KEYS = [
  'Cmd',
  'Entrypoint',
  'Env',
  'ExposedPorts',
  'Healthcheck',
  'Labels',
  'OnBuild',
  'Shell',
  'StopSignal',
  'User',
  'Volumes',
  'WorkingDir',
];

interface Inspected {
  Id: string;
  Os: string;
  Architecture: string;
  Variant?: string;
  Created?: string;
  Author?: string;
  Config?: Record<string, unknown> | null;
  RootFS?: { Layers?: string[] | null };
  GraphDriver?: { Name: string; Data?: { LowerDir?: string; UpperDir?: string } | null };
  /** From API 1.48, and only in containerd's store. */
  Descriptor?: Blob | null;
}

/** What `engine` says of an image; undefined where it has none of that name, or none of it for `platform`. */
export async function imageFacts(
  engine: Engine,
  reference: string,
  platform?: Platform,
): Promise<ImageFacts | undefined> {
  const { apiVersion, store } = await engine.facts();
  const choose = platform && store === 'containerd' && compareVersions(apiVersion, PLATFORM_API) >= 0;
  const query = choose ? { platform: JSON.stringify(platform) } : undefined;
  try {
    return factsOf(await callEngine<Inspected>(engine, 'GET', `/images/${reference}/json`, { query }));
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
}

function factsOf(inspected: Inspected): ImageFacts {
  const { Id, Os, Architecture, Variant, Created, Author, Config, RootFS, Descriptor } = inspected;
  const diffIds = RootFS?.Layers ?? [];
  const folders = layerFolders(inspected);
  const config = CONFIG_KEYS.map((key) => essence(Config?.[key]));
  return {
    id: Id,
    platform: { os: Os, architecture: Architecture, ...(Variant && { variant: Variant }) },
    diffIds,
    volumes: Object.keys(Config?.Volumes ?? {}),
    likeness: JSON.stringify([Os, Architecture, Created, Author, config, diffIds]),
    // Of an image of several platforms it may be the index.
    ...(Descriptor && /\.manifest\.v\d\+json$/.test(Descriptor.mediaType) && { manifest: Descriptor }),
    ...(folders.length > 0 && folders.length === diffIds.length && { folders }),
  };
}

function layerFolders({ GraphDriver }: Inspected): string[] {
  if (GraphDriver?.Name !== 'overlay2') return [];
  const { LowerDir, UpperDir } = GraphDriver.Data ?? {};
  return [UpperDir, ...(LowerDir?.split(':') ?? [])].filter((folder) => folder !== undefined).reverse();
}

/** A value with its keys in one order, and without the empty ones, which some engines write out and others leave out. */
function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value;
  if (typeof value !== 'object' || value === null) return value || undefined;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : entries.map(([key, inner]) => [key, essence(inner)]);
}
