/**
 * Where images are kept: by Docker behind a graph driver or in containerd's image store, in podman's containers/storage, or
 * by containerd itself, whose files are put and read one by one.
 */
export type StoreName = 'graphdriver' | 'containerd' | 'containers-storage' | 'content';

/** What differs between the stores. */
export interface Store {
  /** What the ID of an image is the digest of. */
  idOf: 'config' | 'manifest';
  /**
   * Whether a layer that is there can be used again on any other base. A graph driver stores it anew for each base.
   */
  reusesLayers: boolean;
  /**
   * Whether a layer is there for certain where an image has the same chain of layers. In containerd's store it may be
   * there as another file, plain or packed.
   */
  provesChains: boolean;
  /** Whether it reads the manifest in an archive, in which the sizes of the layers then have to be right. */
  readsManifest: boolean;
  /** Whether it keeps what is attested of an image. */
  keepsAttestations: boolean;
}

const STORES: Readonly<Record<StoreName, Store>> = {
  graphdriver: {
    idOf: 'config',
    reusesLayers: false,
    provesChains: true,
    readsManifest: false,
    keepsAttestations: false,
  },
  containerd: {
    idOf: 'manifest',
    reusesLayers: true,
    provesChains: false,
    readsManifest: true,
    keepsAttestations: true,
  },
  'containers-storage': {
    idOf: 'config',
    reusesLayers: true,
    provesChains: true,
    readsManifest: true,
    keepsAttestations: false,
  },
  // The kubelet calls an image by its config's digest.
  content: {
    idOf: 'config',
    reusesLayers: true,
    provesChains: false,
    readsManifest: true,
    keepsAttestations: false,
  },
};

/** How the store of an engine works. */
export function storeOf({ store }: { store: StoreName }): Store {
  return STORES[store];
}
