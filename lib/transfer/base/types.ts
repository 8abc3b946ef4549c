import type { Engine } from '../../engine/types.js';
import type { DeltaBase } from '../plan/base.js';

export interface Platform {
  os: string;
  architecture: string;
  variant?: string;
}

/** What an engine says of an image, without reading the image itself. */
export interface ImageFacts {
  /** The config's digest behind a graph driver, the manifest's or index's in containerd's store. */
  id: string;
  platform: Platform;
  /** Digests of the uncompressed layers, the base's first. */
  diffIds: readonly string[];
  /** Paths over which its containers have volumes. */
  volumes: readonly string[];
  /** Equal for two images that differ in nothing an engine shows. */
  likeness: string;
  /** The image's manifest as a file, where single files of the engine's store can be read. */
  manifest?: Blob;
  /** Where, behind overlay2, the files of each layer stand on the engine's machine. */
  folders?: readonly string[];
}

/** A file of an image. */
export interface Blob {
  digest: string;
  mediaType: string;
  /** Bytes. */
  size: number;
}

/** A layer as one file: uncompressed (`digest` is `diffId`) or as a registry gave it. */
export interface LayerBlob extends Blob {
  diffId: string;
}

export type LayerState =
  /** An image of the target has the same chain of layers. */
  | 'there'
  /** An image of the target shows the layer, but only a probe tells whether this form of it is in the store. */
  | 'probe'
  | 'missing';

export interface PlannedLayer {
  diffId: string;
  /** Uncompressed bytes, about, where the image's history tells. */
  size?: number;
  state: LayerState;
  /** How it goes, if it has to. */
  way: 'whole' | 'delta';
}

export interface TransferPlan {
  source: Engine;
  target: Engine;
  /** `repository:tag`. */
  reference: string;
  image: ImageFacts;
  /** The target's ID of this very image, where it has it under this reference: nothing is to be done. */
  alreadyThere?: string;
  layers: readonly PlannedLayer[];
  /** Images of the target that show layers of this one, as far as single files of its store can be read. */
  related: readonly ImageFacts[];
  /** What spares the target files that it has; else why all layers go whole. */
  base: DeltaBase | { none: string };
  /**
   * Uncompressed bytes of the layers that have to go: should every probe succeed and every delta be empty, and should
   * every probe fail and nothing be equal.
   */
  bytes: { least: number; most: number };
}

export interface TransferResult {
  /** The target's ID of the image. */
  id: string;
  /** Bytes of all archives sent to the target, probes included, as they were on the wire before ssh. */
  bytesSent: number;
  layersSent: number;
  /** Of these, layers of which only that was sent which the target did not have. */
  deltasSent: number;
  /** Milliseconds. */
  elapsed: number;
}
