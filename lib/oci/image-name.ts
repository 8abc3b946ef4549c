import { UserError } from '../text/user-error.js';
import { asReference, isTag, partsIn, type Reference } from './reference.js';

/**
 * The reference of an image by its repository, such as `app-dev` or `registry.example.com:5000/team/app`, and tag.
 *
 * @throws {UserError} `BAD_NAME` or `BAD_TAG` for what no reference can hold, with a sentence that says what can stand there
 */
export function imageReference(repository: string, tag: string): Reference {
  checkRepository(repository);
  checkTag(tag);
  return asReference(`${repository}:${tag}`);
}

/** @throws {UserError} `BAD_NAME` */
export function checkRepository(name: string): void {
  const parts = partsIn(name);
  if (parts && parts.tag === undefined && parts.digest === undefined) return;
  throw new UserError('BAD_NAME', `${JSON.stringify(name)} is no image name: ${complaint(name)}`);
}

/** @throws {UserError} `BAD_TAG` */
export function checkTag(tag: string): void {
  if (isTag(tag)) return;
  throw new UserError(
    'BAD_TAG',
    `${JSON.stringify(tag)} is no image tag: it takes up to 128 letters, digits, "_", "." and "-", and starts with none of the last two`,
  );
}

function complaint(name: string): string {
  if (name === '') return 'it is empty';
  if (isTooLong(name)) {
    // Docker Hub's have "library/" before them.
    return `it is longer than ${name.includes('/') ? '255 characters, counted without a registry' : '247 characters'}`;
  }
  if (/^[a-f0-9]{64}$/.test(name)) return '64 hexadecimal digits are an image ID';
  if (name.includes('@')) return 'a digest cannot stand in it';
  if (name.slice(name.lastIndexOf('/') + 1).includes(':')) return 'a tag cannot stand in it';
  // A registry's host may have them.
  if (partsIn(name.toLowerCase())) return 'capital letters cannot stand in it';
  return 'it takes lower-case letters and digits, separated by one ".", one or two "_", or "-"';
}

function isTooLong(name: string): boolean {
  return name.length > 247 && partsIn(name.replace(/[^/]{100,}/g, 'x')) !== undefined;
}
