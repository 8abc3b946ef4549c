import { partsIn } from './reference.js';

/** Host of the registry that a reference names, with its port; `docker.io` where it names none. */
export function registryHost(reference: string): string {
  return partsIn(reference)?.registry ?? 'docker.io';
}
