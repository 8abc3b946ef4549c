import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { Engine } from '../../engine/types.js';
import type { Blob } from '../../oci/blob.js';
import type { DiffId, Digest, ImageId } from '../../oci/digest.js';
import type { Reference } from '../../oci/reference.js';

export type LayerState =
  /** An image of the target has the same chain of layers. */
  | 'there'
  /**
   * An image of the target lists the layer, but whether its store has this very form of it (plain or gzip), only a
   * probe tells.
   */
  | 'probe'
  | 'missing';

export interface PlannedLayer {
  diffId: DiffId;
  /** Uncompressed bytes, about, where the image's history tells. */
  size?: number;
  state: LayerState;
  /** How the layer is sent if the target turns out not to have it. */
  way: 'whole' | 'delta';
}

/** An image of the target whose files are not sent again. */
export interface DeltaBase {
  /** The target's ID of it. */
  id: ImageId;
  /** Its name, for messages. */
  name: string;
  /** Its layers to compare with, base first: those above the layers that both images share. */
  diffIds: readonly DiffId[];
  /** Paths over which its containers have volumes. */
  volumes: readonly string[];
  /** An image of the source with the layers whose content is not known yet; they are read from it. */
  readFrom?: ImageFacts;
  /** An image of the source with the same layers, in a store that lists the files of a layer without reading them. */
  stored?: ImageFacts;
}

export interface TransferPlan {
  source: Engine;
  target: Engine;
  /** `os/architecture` where one was asked for, and the docker CLI can ask the source for it. */
  platform?: string;
  /** `repository:tag`. */
  reference: Reference;
  /** What it is called on the target, which is mostly the same. */
  there: Reference;
  image: ImageFacts;
  /** The target's ID of this very image, where it has it under that name: nothing is to be done. */
  alreadyThere?: ImageId;
  /** What is attested of the image on the source, where something is. */
  attestations?: {
    /** Has the manifests of the image and of its attestations. */
    index: Blob;
    /** Digest of the image's own manifest. */
    manifest: Digest;
    /** IDs of the manifests that hold the attestations. */
    ids: readonly string[];
    /**
     * Whether the attestations are sent. The image's own files then go unchanged, since attestations name them by
     * digest.
     */
    kept: boolean;
  };
  layers: readonly PlannedLayer[];
  /** Images of the target that show layers of this one, as far as single files of its store can be read. */
  related: readonly ImageFacts[];
  /** The target's image to send deltas against, or why there is none. */
  base: DeltaBase | { none: string };
  /**
   * Uncompressed bytes of the layers that have to go: should every probe succeed and every delta be empty, and should
   * every probe fail and nothing be equal.
   */
  bytes: { least: number; most: number };
}

export interface TransferResult {
  /** The target's ID of the image. */
  id: ImageId;
  /** Bytes of all archives sent to the target, probes included, as they were on the wire before ssh. */
  bytesSent: number;
  /** Bytes that came from another host instead, as packed. */
  bytesGiven: number;
  layersSent: number;
  /** How many of the layers sent were sent as deltas. */
  deltasSent: number;
  /** Milliseconds. */
  elapsed: number;
}
