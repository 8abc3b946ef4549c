import type { Blob } from '../../oci/blob.js';
import type { DiffId, ImageId } from '../../oci/digest.js';
import type { Platform } from '../../oci/image-platform.js';
import type { Engine } from '../types.js';
import { type InspectedImage, inspectImage } from './inspect.js';

/** What an engine says of an image, without reading the image itself. */
export interface ImageFacts {
  /** The config's digest behind a graph driver, the manifest's or index's in containerd's store. */
  id: ImageId;
  platform: Platform;
  /** Digests of the uncompressed layers, the base's first. */
  diffIds: readonly DiffId[];
  /** Paths over which its containers have volumes. */
  volumes: readonly string[];
  /** Fingerprint for comparing images across stores, where IDs differ. */
  likeness: string;
  /** The image's manifest as a file, where single files of the engine's store can be read. */
  manifest?: Blob;
  /** Where, behind overlay2, the files of each layer stand on the engine's machine. */
  folders?: readonly string[];
}

/** What `engine` says of an image; undefined where it has none of that name, or none of it for `platform`. */
export async function imageFacts(
  engine: Engine,
  reference: string,
  platform?: Platform,
): Promise<ImageFacts | undefined> {
  const inspected = await inspectImage(engine, reference, platform);
  return inspected && factsOf(inspected);
}

function factsOf(inspected: InspectedImage): ImageFacts {
  const { Id, Os, Architecture, Variant, Created, Author, Config, RootFS, Descriptor } = inspected;
  const diffIds = RootFS?.Layers ?? [];
  const folders = layerFolders(inspected);
  const config = Object.values(Config ?? {}).map(essence);
  return {
    id: Id,
    platform: { os: Os, architecture: Architecture, ...(Variant && { variant: Variant }) },
    diffIds,
    volumes: Object.keys(Config?.Volumes ?? {}),
    likeness: JSON.stringify([Os, Architecture, essence(Created), essence(Author), config, diffIds]),
    // For an image of several platforms the descriptor may be that of the index, which is no manifest.
    ...(Descriptor && /\.manifest\.v\d\+json$/.test(Descriptor.mediaType) && { manifest: Descriptor }),
    ...(folders.length > 0 && folders.length === diffIds.length && { folders }),
  };
}

function layerFolders({ GraphDriver }: InspectedImage): string[] {
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
