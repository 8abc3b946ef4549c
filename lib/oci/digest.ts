import { createHash } from 'node:crypto';

declare const kind: unique symbol;

/** Names a file of an image by its bytes as they are stored: a config, a manifest, a layer in whatever form. */
export type Digest = string & { readonly [kind]: 'digest' };

/** Names a layer by the bytes of its uncompressed archive, whatever its file is. */
export type DiffId = string & { readonly [kind]: 'diff ID' };

/** Names a layer together with all layers below it. */
export type ChainId = string & { readonly [kind]: 'chain ID' };

/** What an engine calls an image: the config's digest behind a graph driver, the manifest's or index's in containerd's store. */
export type ImageId = string & { readonly [kind]: 'image ID' };

/** The grammar of the OCI image specification, as far as engines use it. */
const GRAMMAR = /^[a-z0-9]+(?:[.+_-][a-z0-9]+)*:[a-f0-9]{32,}$/;

export function isDigest(value: unknown): value is Digest {
  return typeof value === 'string' && GRAMMAR.test(value);
}

export function isDiffId(value: unknown): value is DiffId {
  return isDigest(value);
}

export function isImageId(value: unknown): value is ImageId {
  return isDigest(value);
}

/** `sha256:…` of the bytes. */
export function digestOf(content: Buffer | string): Digest {
  return named(`sha256:${createHash('sha256').update(content).digest('hex')}`);
}

/** The digest of a layer's file where that is uncompressed. */
export function plainDigest(diffId: DiffId): Digest {
  return named(diffId);
}

/** The diff ID of a layer whose file is uncompressed and has that digest. */
export function plainDiffId(digest: Digest): DiffId {
  return named(digest);
}

/** The ID of an image, given the digest of the document by which its store calls it. */
export function imageIdOf(digest: Digest): ImageId {
  return named(digest);
}

/** The chain ID of each layer, base first. */
export function chainIds(diffIds: readonly DiffId[]): ChainId[] {
  const chain: ChainId[] = [];
  for (const diffId of diffIds) {
    const below = chain.at(-1);
    chain.push(named(below === undefined ? diffId : digestOf(`${below} ${diffId}`)));
  }
  return chain;
}

/** Path of a blob in an OCI layout. */
export function blobPath(digest: Digest): string {
  return `blobs/${digest.replace(':', '/')}`;
}

/** The first twelve digits, as docker shows them. */
export function shortDigest(id: Digest | DiffId | ImageId): string {
  return id.replace(/^sha256:/, '').slice(0, 12);
}

/** The one place where a text is taken for what its maker knows it to name. */
function named<Name extends Digest | DiffId | ChainId | ImageId>(text: string): Name {
  return text as Name;
}
