import { UserError } from '../text/user-error.js';

// The grammar of references in github.com/distribution/reference, whose README and regexp.go give it.
const DOMAIN = /^(?:[a-zA-Z0-9]+(?:[.-]+[a-zA-Z0-9]+)*|\[[0-9a-fA-F:]+\])(?::\d+)?$/;
const PATH_COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const MAX_NAME_LENGTH = 255;

/**
 * Refuses what no image reference can hold.
 *
 * @param name the repository, such as `app-dev` or `registry.example.com:5000/team/app`, without tag or digest.
 * @throws UserError `BAD_NAME` or `BAD_TAG`, with a sentence that says what can stand there.
 */
export function checkReference(name: string, tag: string): void {
  const complaint = nameComplaint(name);
  if (complaint) throw new UserError('BAD_NAME', `${JSON.stringify(name)} is no image name: ${complaint}`);
  if (!TAG.test(tag)) {
    throw new UserError(
      'BAD_TAG',
      `${JSON.stringify(tag)} is no image tag: it takes up to 128 letters, digits, "_", "." and "-", and starts with none of the last two`,
    );
  }
}

function nameComplaint(name: string): string | undefined {
  if (name === '') return 'it is empty';
  if (name.length > MAX_NAME_LENGTH) return `it is longer than ${MAX_NAME_LENGTH} characters`;
  if (/^[a-f0-9]{64}$/.test(name)) return '64 hexadecimal digits are an image ID';
  const components = name.split('/');
  const [first] = components as [string];
  if (components.length > 1 && (/[.:A-Z]/.test(first) || first === 'localhost') && DOMAIN.test(first))
    components.shift();
  if (components.every((component) => PATH_COMPONENT.test(component))) return undefined;
  if (name.includes('@')) return 'a digest cannot stand in it';
  if (components.at(-1)!.includes(':')) return 'a tag cannot stand in it';
  if (/[A-Z]/.test(components.join('/'))) return 'capital letters cannot stand in it';
  return 'it takes lower-case letters and digits, separated by one ".", one or two "_", or "-"';
}
