import { ValueError } from '../text/flag-error.js';

declare const brand: unique symbol;

/**
 * A text that names an image as docker's commands take it, `[registry/]path[:tag][@digest]`, unchanged.
 * {@link asReference} alone makes it.
 */
export type Reference = string & { readonly [brand]: 'Reference' };

/** What a reference means, with what docker adds where a part is missing. */
export interface ReferenceParts {
  /**
   * Host of the registry, with its port where it has one; `docker.io` where the reference names none, and empty where it
   * names one that cannot be (`a_b.c/app`), as docker has it.
   */
  registry: string;
  /** The repository within its registry; `library/app` for Docker Hub's `app`. */
  path: string;
  /** `registry/path`: the same for every way to write a repository. */
  repository: string;
  tag?: string;
  digest?: string;
}

// The grammar of github.com/distribution/reference 0.6: regexp.go and normalize.go.
const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const PATH = `${COMPONENT}(?:/${COMPONENT})*`;
const LABEL = '[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?';
const HOST = `(?:${LABEL}(?:\\.${LABEL})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?`;
const TAG = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}';
const DIGEST = '[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}';
const REFERENCE = new RegExp(`^(?:(${HOST})/)?(${PATH})(?::(${TAG}))?(?:@(${DIGEST}))?$`);
const ONLY_TAG = new RegExp(`^${TAG}$`);
const ID = /^[a-f0-9]{64}$/;
const MAX_PATH_LENGTH = 255;

const DOCKER_HUB = 'docker.io';
const OLD_DOCKER_HUB = 'index.docker.io';
const DIGEST_LENGTHS: Readonly<Record<string, number>> = { sha256: 64, sha384: 96, sha512: 128 };

/** @throws {ValueError} for what docker takes for no reference, with the reason in its words */
export function asReference(text: string): Reference {
  checkReference(text);
  return text;
}

export function partsOf(reference: Reference): ReferenceParts {
  return parse(reference);
}

/** The parts of a text that may be no reference, such as what a Dockerfile or an engine holds: undefined then. */
export function partsIn(text: string): ReferenceParts | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof ValueError) return undefined;
    throw error;
  }
}

/** A reference with all that docker adds where a part is missing, as containerd writes it; what is none, as it is. */
export function wholeName(text: string): string {
  const parts = partsIn(text);
  if (!parts) return text;
  const { repository, tag = 'latest', digest } = parts;
  return digest === undefined ? `${repository}:${tag}` : `${repository}@${digest}`;
}

/** Whether a reference can have this tag. */
export function isTag(text: string): boolean {
  return ONLY_TAG.test(text);
}

/** Checks that `text` can name an image: a reference, a digest, or a whole image ID. */
export function checkImage(text: string): void {
  if (!ID.test(text) && digestFault(text) !== undefined) checkReference(text);
}

function checkReference(text: string): asserts text is Reference {
  parse(text);
}

function parse(text: string): ReferenceParts {
  if (ID.test(text)) {
    const sentence = `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`;
    throw new ValueError(sentence);
  }
  const [domain, rest] = splitDomain(text);
  const [remote = ''] = rest.split(':');
  if (remote !== remote.toLowerCase()) {
    throw new ValueError(`invalid reference format: repository name (${remote}) must be lowercase`);
  }
  const [, registry = '', path, tag, digest] = REFERENCE.exec(`${domain}/${rest}`) ?? [];
  if (path === undefined) throw new ValueError('invalid reference format');
  if (path.length > MAX_PATH_LENGTH) {
    throw new ValueError(`repository name must not be more than ${MAX_PATH_LENGTH} characters`);
  }
  const fault = digest === undefined ? undefined : digestFault(digest);
  if (fault !== undefined) throw new ValueError(fault);
  return { registry, path, repository: registry === '' ? path : `${registry}/${path}`, tag, digest };
}

/** Docker Hub is meant where the first part of a name does not look like a registry's host. */
function splitDomain(text: string): [domain: string, rest: string] {
  const slash = text.indexOf('/');
  const first = text.slice(0, Math.max(slash, 0));
  const isHost = first === 'localhost' || /[.:]/.test(first) || first !== first.toLowerCase();
  const [domain, rest] = isHost ? [first, text.slice(slash + 1)] : [DOCKER_HUB, text];
  if (domain !== DOCKER_HUB && domain !== OLD_DOCKER_HUB) return [domain, rest];
  return [DOCKER_HUB, rest.includes('/') ? rest : `library/${rest}`];
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
