import { isBlob } from '../../oci/blob.js';
import { isDiffId, isImageId } from '../../oci/digest.js';
import type { Platform } from '../../oci/image-platform.js';
import { isAtLeast } from '../../text/is-at-least.js';
import { isRefusal } from '../client/errors.js';
import {
  anything,
  guarded,
  list,
  mapOf,
  number,
  object,
  optional,
  type Shape,
  type Shaped,
  text,
} from '../client/shape.js';
import type { Engine } from '../types.js';

/** First API version whose image inspection takes a platform. */
const PLATFORM_API = '1.49';

/** The part of a configuration that every image store keeps (the OCI image specification, and docker's additions). */
const CONFIG = {
  Cmd: anything,
  Entrypoint: anything,
  Env: anything,
  ExposedPorts: anything,
  Healthcheck: anything,
  Labels: optional(mapOf(text)),
  OnBuild: anything,
  Shell: anything,
  StopSignal: anything,
  User: anything,
  Volumes: optional(mapOf(anything)),
  WorkingDir: anything,
} satisfies Record<string, Shape<unknown>>;

const INSPECTED = object({
  Id: guarded(isImageId, 'the ID of an image'),
  RepoTags: optional(list(text)),
  RepoDigests: optional(list(text)),
  Size: number,
  Os: text,
  Architecture: text,
  Variant: optional(text),
  Created: optional(text),
  Author: optional(text),
  Config: optional(object(CONFIG)),
  RootFS: optional(object({ Layers: optional(list(guarded(isDiffId, 'the diff ID of a layer'))) })),
  GraphDriver: optional(
    object({
      Name: text,
      Data: optional(object({ LowerDir: optional(text), UpperDir: optional(text) })),
    }),
  ),
  /** The file (manifest or index) that the image's ID is the digest of. From API 1.48, in containerd's store only. */
  Descriptor: optional(guarded(isBlob, 'the description of a file')),
});

/** What GET /images/{name}/json says of an image. */
export type InspectedImage = Shaped<typeof INSPECTED>;

/** What an engine says of an image; undefined where it has none of that name, or none of it for `platform`. */
export async function inspectImage(
  engine: Engine,
  reference: string,
  platform?: Platform,
): Promise<InspectedImage | undefined> {
  const query = platform && (await platformQuery(engine, platform));
  try {
    return await engine.client.json('GET', `/images/${reference}/json`, INSPECTED, { query });
  } catch (error) {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  }
}

async function platformQuery(
  engine: Engine,
  platform: Platform,
): Promise<Record<string, string> | undefined> {
  const { apiVersion, store } = await engine.facts();
  const choose = store === 'containerd' && isAtLeast(apiVersion, PLATFORM_API);
  return choose ? { platform: JSON.stringify(platform) } : undefined;
}
