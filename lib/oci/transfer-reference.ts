import { checkReference } from './reference.js';
import { ValueError } from '../text/flag-error.js';
import { UserError } from '../text/user-error.js';

/**
 * `repository:tag`, with `latest` where no tag is given. An ID or a digest is refused: the image needs a name on the target.
 *
 * @throws UserError `BAD_REFERENCE`
 */
export function completeReference(text: string): string {
  const why = fault(text);
  if (why !== undefined) {
    throw new UserError('BAD_REFERENCE', `${JSON.stringify(text)} names no image to transfer: ${why}.`);
  }
  return /:[^/:]*$/.test(text) ? text : `${text}:latest`;
}

/** A reference without its tag. */
export function repositoryOf(reference: string): string {
  return reference.slice(0, reference.lastIndexOf(':'));
}

function fault(text: string): string | undefined {
  if (text.includes('@') || /^sha256:/.test(text))
    return 'give it as name:tag, which it will have on the target too';
  try {
    checkReference(text);
    return undefined;
  } catch (error) {
    if (error instanceof ValueError) return error.message;
    throw error;
  }
}
