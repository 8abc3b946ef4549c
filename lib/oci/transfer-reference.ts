import { ValueError } from '../text/flag-error.js';
import { UserError } from '../text/user-error.js';
import { asReference, partsIn, partsOf, type Reference } from './reference.js';

/**
 * `repository:tag`, with `latest` where no tag is given. An ID or a digest is refused: the image needs a name on the target.
 *
 * @throws {UserError} `BAD_REFERENCE`
 */
export function completeReference(text: string): Reference {
  if (text.includes('@') || /^sha256:/.test(text)) {
    throw badReference(text, 'give it as name:tag, which it will have on the target too');
  }
  try {
    const reference = asReference(text);
    return partsOf(reference).tag === undefined ? asReference(`${text}:latest`) : reference;
  } catch (error) {
    if (error instanceof ValueError) throw badReference(text, error.message);
    throw error;
  }
}

/** The repository of a reference, the same for all ways to write it; undefined for what is none. */
export function repositoryOf(reference: string): string | undefined {
  return partsIn(reference)?.repository;
}

function badReference(text: string, why: string): UserError {
  return new UserError('BAD_REFERENCE', `${JSON.stringify(text)} names no image to transfer: ${why}.`);
}
