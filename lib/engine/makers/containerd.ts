import type { Maker } from './maker.js';

/** containerd on a node that has no engine beside it: it keeps images, and runs them for the kubelet. */
export const containerd: Maker = {
  title: 'containerd',
  buildKitAdvice: 'build on an engine, and transfer the image',
  builder: undefined,
  ways: {
    builds: 'it builds nothing: images are transferred to it',
    keeps: "it keeps images in containerd's store, for what Kubernetes runs",
  },
  unpacksZstd: () => false,
  noRelay: 'a node with containerd alone has no engine that would take it from another host',
  noDeltas: 'a node with containerd alone has no engine that would rebuild a layer',
  makeRoom: 'crictl rmi --prune',
  defaultSocket: undefined,
  socketProgram: () => undefined,
  familiarName: (listed) => listed,
  hidingNames: () => [],
  exitCondition: 'removed',
  healthCheck: () => undefined,
  isRemovableLater: () => false,
  isNameTaken: () => false,
  loadFailure: () => undefined,
  asksRegistries: false,
  containerBody: (body) => body,
};
