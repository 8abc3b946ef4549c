import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { Engine } from '../../engine/types.js';
import type { Blob } from '../../oci/blob.js';
import type { DiffId, Digest, ImageId } from '../../oci/digest.js';
import type { Reference } from '../../oci/reference.js';

export type LayerState =
  /** An image of the target has the same chain of layers. */
  | 'there'
  /** An image of the target shows the layer, but only a probe tells whether this form of it is in the store. */
  | 'probe'
  | 'missing';

export interface PlannedLayer {
  diffId: DiffId;
  /** Uncompressed bytes, about, where the image's history tells. */
  size?: number;
  state: LayerState;
  /** How it goes, if it has to. */
  way: 'whole' | 'delta';
}

/** An image of the target whose files are not sent again. */
export interface DeltaBase {
  /** The target's ID of it. */
  id: ImageId;
  /** For people. */
  name: string;
  /** Its layers that are looked into, base first: those above what it shares with the image that is sent. */
  diffIds: readonly DiffId[];
  /** Paths over which its containers have volumes. */
  volumes: readonly string[];
  /** An image of the source that has those layers whose content is not known yet. */
  readFrom?: ImageFacts;
  /** An image of the source that has those layers in a store that tells which files are in them without reading any. */
  stored?: ImageFacts;
}

export interface TransferPlan {
  source: Engine;
  target: Engine;
  /** `repository:tag`. */
  reference: Reference;
  image: ImageFacts;
  /** The target's ID of this very image, where it has it under this reference: nothing is to be done. */
  alreadyThere?: ImageId;
  /** What is attested of the image on the source, where something is. */
  attestations?: {
    /** Has the manifests of the image and of its attestations. */
    index: Blob;
    /** The image's. */
    manifest: Digest;
    /** Of the attestations' manifests. */
    ids: readonly string[];
    /** Whether the target gets them, and with them the image's files as they are. */
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
  layersSent: number;
  /** Of these, layers of which only that was sent which the target did not have. */
  deltasSent: number;
  /** Milliseconds. */
  elapsed: number;
}
