import { printableLine } from '../text/printable.js';
import { maskSecrets } from '../text/secrets.js';

/**
 * An entry of an image's history as its Dockerfile had it, on one line and without secrets: without what builders put around it,
 * which are shells, the values of build arguments, and the digests of what was copied.
 */
export function madeBy(entry: string): string {
  const instruction = printableLine(entry)
    .replace(/ # buildkit$/, '')
    .replace(/^\/bin\/sh -c #\(nop\) +/, '')
    .replace(/^(?:RUN )?\|\d+ .*?(?=\/)/, 'RUN ')
    .replace(/^(?:RUN )?\/bin\/sh -c +/, 'RUN ')
    .replace(/\b(file|dir|multi):[\da-f]{12,}/g, '$1');
  return maskSecrets(instruction);
}
