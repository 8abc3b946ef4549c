import { ValueError } from '../text/flag-error.js';

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^${HOST}/(${PATH})(?::${TAG})?(?:@(${DIGEST}))?$`);
const ID = /^[a-f0-9]{64}$/;

const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** Checks that `text` can name an image: a reference of the distribution grammar, a digest, or a whole image ID. */
export function checkImage(text: string): void {
  if (ID.test(text) || digestFault(text) === undefined) return;
  checkReference(text);
}

/** Checks that `text` is a reference of the distribution grammar: `[registry/]path[:tag][@digest]`. */
export function checkReference(text: string): void {
  if (ID.test(text)) {
    const sentence = `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`;
    throw new ValueError(sentence);
  }
  const [domain, rest] = splitDomain(text);
  const [path = ''] = rest.split(':');
  if (path !== path.toLowerCase()) {
    throw new ValueError(`invalid reference format: repository name (${path}) must be lowercase`);
  }
  const match = REFERENCE.exec(`${domain}/${rest}`);
  if (!match) throw new ValueError('invalid reference format');
  if (match[1]!.length > 255) throw new ValueError('repository name must not be more than 255 characters');
  const fault = match[2] === undefined ? undefined : digestFault(match[2]);
  if (fault) throw new ValueError(fault);
}

/** Docker Hub is meant where the first part of a name does not look like a registry's host. */
function splitDomain(text: string): [domain: string, rest: string] {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const [domain, rest] =
    isHost && first !== 'index.docker.io'
      ? [first, text.slice(slash + 1)]
      : ['docker.io', withoutHub(text, first)];
  return domain === 'docker.io' && !rest.includes('/') ? [domain, `library/${rest}`] : [domain, rest];
}

function withoutHub(text: string, first: string): string {
  return first === 'index.docker.io' ? text.slice(first.length + 1) : text;
}

/** Why `text` is no digest of a known algorithm; undefined where it is one. */
function digestFault(text: string): string | undefined {
  const [, algorithm = '', hex = ''] = /^([a-z0-9]+(?:[.+_-][a-z0-9]+)*):([a-zA-Z0-9=_-]+)$/.exec(text) ?? [];
  if (hex === '') return 'invalid checksum digest format';
  const length = Object.hasOwn(DIGEST_LENGTHS, algorithm) ? DIGEST_LENGTHS[algorithm] : undefined;
  if (length === undefined) return 'unsupported digest algorithm';
  if (hex.length !== length) return 'invalid checksum digest length';
  return /^[a-f0-9]+$/.test(hex) ? undefined : 'invalid checksum digest format';
}
