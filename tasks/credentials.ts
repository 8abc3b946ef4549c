import type { RegistryAuth } from '../lib/engine/index.js';
import { registryHost } from '../lib/oci/registry-host.js';

/** Finds what this host's docker configuration has for a registry, by the registry's host. */
export function registryLogin(
  env: NodeJS.ProcessEnv,
): (registry: string) => Promise<RegistryAuth | undefined> {
  return async (registry) => {
    const { lookUpCredentials } = await import('../lib/engine/index.js');
    return lookUpCredentials(registry, { env });
  };
}

/** The same as the value of an X-Registry-Auth header. */
export function registryAuth(env: NodeJS.ProcessEnv): (registry: string) => Promise<string> {
  return async (registry) => {
    const { encodeAuthHeader } = await import('../lib/engine/index.js');
    return encodeAuthHeader(await registryLogin(env)(registry));
  };
}

/** The same by the reference of an image that is pulled. */
export function pullCredentials(env: NodeJS.ProcessEnv): (reference: string) => Promise<string> {
  return (reference) => registryAuth(env)(registryHost(reference));
}
