import type { EngineClient } from './client/client.js';
import type { EngineAddress } from './connect/host.js';
import type { SshConnection } from './connect/ssh/types.js';
import type { ContentStore } from './containerd/content-store.js';
import type { Images } from './images/images.js';
import type { MakerName } from './makers/maker.js';
import type { StoreName } from './stores.js';

export type { MakerName } from './makers/maker.js';
export type { EngineAddress } from './connect/host.js';

/** What an engine says of itself. */
export interface EngineFacts {
  /** Who made it; what is different for that, `makerOf` has. */
  maker: MakerName;
  /** Such as `28.5.2`. */
  version: string;
  /** Highest API version, such as `1.51`. */
  apiVersion: string;
  os: string;
  /** As Go names it: `amd64`, `arm64`. */
  arch: string;
  /** Whether POST /build takes `version=2` with a client session. */
  buildkit: boolean;
  /** Where images are kept: behind a graph driver such as overlay2, in containerd's image store, or in podman's. */
  store: StoreName;
  runtimes: readonly string[];
  /** Whether it is a user's own, without rights on its machine. */
  rootless: boolean;
}

/** An open connection to an engine. */
export interface Engine {
  address: EngineAddress;
  client: EngineClient;
  images: Images;
  /** Where files of images are put and read one by one: containerd's, on a node that has no other engine. */
  content?: ContentStore;
  /** The login on the engine's machine, where it is reached over ssh. */
  ssh?: SshConnection;
  /** Asked once, then remembered. */
  facts(): Promise<EngineFacts>;
  /** Ends connections, logins and child processes; open streams are cut. */
  close(): Promise<void>;
}
