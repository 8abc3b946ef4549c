import { wholeName } from '../../oci/reference.js';
import { isAtLeast } from '../../text/is-at-least.js';
import type { BuildParameters, OtherBuilder } from './maker.js';

/** First version of podman that takes named contexts as a list, as far as they were looked at. */
const NAMES_LISTED = '5.6';

/** What podman builds with. */
export const buildah: OtherBuilder = {
  // Each form is refused by the versions of the other: a map in 4.3 and 5.4, a list in 5.8.
  namedImages(images, version): BuildParameters {
    const named = Object.entries(images).map(([name, image]) => [name, wholeName(image)] as const);
    if (named.length === 0) return {};
    if (isAtLeast(version, NAMES_LISTED))
      return { additionalbuildcontexts: named.map(([name, image]) => `${name}=image:${image}`) };
    const map = named.map(([name, Value]) => [name, { IsImage: true, Value }] as const);
    return { additionalbuildcontexts: JSON.stringify(Object.fromEntries(map)) };
  },
  secretFiles: (files) => ({
    secrets: JSON.stringify(Array.from(files, ([id, name]) => `id=${id},src=${name}`)),
  }),
  inItsWords: ({ extrahosts, securityopt, networkmode, ...others }, ulimits) => ({
    ...others,
    ...(extrahosts !== undefined && { extrahosts: JSON.stringify(listOf(extrahosts)) }),
    ...(securityopt !== undefined && { securityopt: JSON.stringify(listOf(securityopt)) }),
    // Strings, not objects as Docker has them.
    ...(ulimits.length > 0 && {
      ulimits: JSON.stringify(ulimits.map(({ Name, Soft, Hard }) => `${Name}=${Soft}:${Hard}`)),
    }),
    ...(typeof networkmode === 'string' && networkOf(networkmode)),
  }),
};

const listOf = (value: string | readonly string[]) => (typeof value === 'string' ? [value] : value);

/** It takes a name of Docker's for its own default, without a word. */
function networkOf(mode: string): BuildParameters {
  if (mode === 'default' || mode === 'bridge') return {};
  if (mode === 'none') return { networkmode: 'NetworkDisabled' };
  const namespace = { Name: 'network', ...(mode === 'host' ? { Host: true } : { Path: mode }) };
  return { networkmode: 'NetworkEnabled', nsoptions: JSON.stringify([namespace]) };
}
