import type { DeviceRequest } from '../../flags/container/device-request.js';
import { isAtLeast } from '../../text/is-at-least.js';
import { UserError } from '../../text/user-error.js';
import { buildah } from './buildah.js';
import type { ContainerBody, Maker } from './maker.js';

/** First version that takes names of the Container Device Interface for devices by its API, of those looked at. */
const CDI_VERSION = '5.4';

/** Podman 4.3 and later, by the API that it offers in Docker's place (`podman system service`). */
export const podman: Maker = {
  title: 'podman',
  buildKitAdvice: 'podman builds with buildah; build on a Docker engine, and transfer the image',
  builder: buildah,
  ways: {
    builds:
      'it builds with buildah: with cache mounts, targets and secrets, images as named contexts, without --ssh',
    keeps: "it keeps images in podman's containers/storage, so an image has one platform",
  },
  unpacksZstd: () => false,
  noDeltas: undefined,
  noRelay: 'podman takes none by way of another host',
  makeRoom: 'podman image prune',
  // What is mounted into a container and is not there, podman makes: a folder in the place of a socket.
  defaultSocket: undefined,
  socketProgram: ({ rootless }) => {
    const folder = rootless ? '${XDG_RUNTIME_DIR:-/run/user/$(id -u)}' : '/run';
    return ['sh', '-c', `s=${folder}/podman/podman.sock; [ -S "$s" ] && echo "unix://$s"`];
  },
  // The API puts docker.io/library/ before a short name, `podman build` puts localhost/.
  familiarName: (listed) => listed.replace(/^(?:docker\.io\/library|localhost)\/(?=[^/]+$)/, ''),
  hidingNames: (reference) => (reference.includes('/') ? [] : [`localhost/${reference}`]),
  // For a container that is removed, 4.3 always answers 0 when it is removed.
  exitCondition: 'next-exit',
  // It leaves them to timers of systemd, which is not everywhere.
  healthCheck: (containerId) => `/v4.0.0/libpod/containers/${containerId}/healthcheck`,
  isRemovableLater: ({ sentence }) =>
    /has dependent containers|could not be stopped: .*container state improper/.test(sentence),
  isNameTaken: ({ status, sentence }) =>
    status === 409 || /name is already in use|network already exists/.test(sentence),
  // All that it says of an archive, it says with an error's status: for one, that a layer is neither in it nor there.
  loadFailure: ({ sentence }) => sentence,
  asksRegistries: false,
  containerBody: withDeviceNames,
};

/** Podman leaves out runtimes and requests for devices without a word; by name (CDI) it gives devices. */
function withDeviceNames<Body extends ContainerBody>(body: Body, version: string): Body {
  const { Runtime, DeviceRequests } = body.HostConfig;
  const isNvidia = Runtime === 'nvidia';
  if (Runtime !== undefined && !isNvidia) {
    throw new UserError(
      'UNKNOWN_RUNTIME',
      `podman takes no --runtime=${Runtime} from its API: leave it out, or name it as "runtime" in containers.conf there.`,
      { exitStatus: 125 },
    );
  }
  const names = (DeviceRequests ?? []).flatMap(deviceNames);
  const wanted = new Set([...names, ...(isNvidia && names.length === 0 ? ['nvidia.com/gpu=all'] : [])]);
  if (wanted.size === 0) return body;
  if (!isAtLeast(version, CDI_VERSION)) {
    throw new UserError(
      'NO_GPU',
      `podman ${version} gives no GPU by its API: run without --gpu, or take podman ${CDI_VERSION} or later.`,
      { exitStatus: 125 },
    );
  }
  const cdi = { Driver: 'cdi', Count: 0, DeviceIDs: [...wanted], Capabilities: null, Options: null };
  return { ...body, HostConfig: { ...body.HostConfig, Runtime: undefined, DeviceRequests: [cdi] } };
}

/** Names of the Container Device Interface for what is requested. */
function deviceNames({ Driver, Count, DeviceIDs }: DeviceRequest): string[] {
  if (Driver === 'cdi') return DeviceIDs ?? [];
  const some = DeviceIDs?.length
    ? DeviceIDs
    : Count < 0
      ? ['all']
      : Array.from({ length: Count }, (_, i) => i);
  return some.map((id) => `nvidia.com/gpu=${id}`);
}
