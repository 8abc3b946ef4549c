import { isAtLeast } from '../text/is-at-least.js';
import type { EngineClient } from './client/client.js';
import {
  anything,
  flag,
  list,
  mapOf,
  matching,
  object,
  optional,
  pair,
  type Shaped,
  text,
} from './client/shape.js';
import type { StoreName } from './stores.js';
import type { EngineFacts } from './types.js';

/** Lowest API version with everything that is asked of an engine here: Docker 20.10. */
export const MINIMUM_API_VERSION = '1.41';

const VERSION = object({
  Version: text,
  ApiVersion: matching(/^\d+\.\d+$/, 'a version'),
  Os: text,
  Arch: text,
  Components: optional(list(object({ Name: text }))),
});

const INFO = object({
  DriverStatus: optional(list(pair(text, text))),
  Runtimes: optional(mapOf(anything)),
  SecurityOptions: optional(list(text)),
  /** Podman's. */
  Rootless: optional(flag),
});

/** Asks an engine what it is (GET /version and /info). */
export async function readFacts(client: EngineClient): Promise<EngineFacts> {
  // One after the other: a second connection over ssh takes longer than both.
  const version = await client.json('GET', '/version', VERSION);
  const info = await client.json('GET', '/info', INFO);
  const isNamed = (name: string) => version.Components?.some(({ Name }) => Name === name) ?? false;
  const isPodman = isNamed('Podman Engine');
  return {
    maker: isPodman ? 'podman' : 'docker',
    version: version.Version,
    apiVersion: version.ApiVersion,
    os: version.Os,
    arch: version.Arch,
    buildkit: isNamed('Engine') && version.Os === 'linux' && isAtLeast(version.ApiVersion, '1.39'),
    store: isPodman ? 'containers-storage' : dockerStore(info),
    runtimes: Object.keys(info.Runtimes ?? {}).sort(),
    rootless: info.Rootless ?? info.SecurityOptions?.includes('name=rootless') ?? false,
  };
}

function dockerStore({ DriverStatus }: Shaped<typeof INFO>): StoreName {
  const isContainerd = DriverStatus?.some(([, value]) => value === 'io.containerd.snapshotter.v1');
  return isContainerd ? 'containerd' : 'graphdriver';
}
