import { isBlob } from '../../oci/blob.js';
import { isDiffId, isDigest, isImageId } from '../../oci/digest.js';
import {
  anything,
  flag,
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

export const INSPECTED = object({
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

/** What went with a name of an image: names and IDs. */
export const REMOVED = list(anything);

export const LISTED = object({
  Id: text,
  RepoTags: optional(list(text)),
  /** The file (manifest or index) that the image's ID is the digest of. From API 1.48. */
  Descriptor: optional(guarded(isBlob, 'the description of a file')),
  Manifests: optional(
    list(
      object({
        ID: optional(text),
        Kind: text,
        Available: flag,
        AttestationData: optional(object({ For: guarded(isDigest, 'a digest') })),
      }),
    ),
  ),
});

/** An image as GET /images/json lists it. */
export type ListedImage = Shaped<typeof LISTED>;
