/** Where an engine keeps images: behind a graph driver, in containerd's image store, or in podman's containers/storage. */
export type StoreName = 'graphdriver' | 'containerd' | 'containers-storage';

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
}

const STORES: Readonly<Record<StoreName, Store>> = {
  graphdriver: { idOf: 'config', reusesLayers: false, provesChains: true, readsManifest: false },
  containerd: { idOf: 'manifest', reusesLayers: true, provesChains: false, readsManifest: true },
  'containers-storage': { idOf: 'config', reusesLayers: true, provesChains: true, readsManifest: true },
};

/** How the store of an engine works. */
export function storeOf({ store }: { store: StoreName }): Store {
  return STORES[store];
}
