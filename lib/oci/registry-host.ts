/**
 * Host of the registry that a reference names, with its port; `docker.io` where it names none.
 *
 * A first component is a host when it has a dot or a colon, or is `localhost` (distribution/reference, splitDockerDomain).
 */
export function registryHost(reference: string): string {
  const [first = '', ...rest] = reference.split('/');
  return rest.length > 0 && /[.:]|^localhost$/.test(first) ? first : 'docker.io';
}
