import fs from 'node:fs';
import path from 'node:path';
import type { EngineFacts } from '../engine/types.js';
import { isListOf, isRecord, isText } from '../text/record.js';
import { UserError } from '../text/user-error.js';
import type { Cache } from './flags/index.js';

/** The annotation by which an OCI layout's index names a manifest. */
const REF_NAME = 'org.opencontainers.image.ref.name';

interface Descriptor {
  digest: string;
  annotations?: Record<string, string>;
}

/** What else stands in one stays. */
interface Index {
  manifests: Descriptor[];
  [field: string]: unknown;
}

/**
 * Caches to build from, those in folders with the digest of what they hold (by the tag `latest`, or the one that is
 * given), as BuildKit wants it.
 * @param tell hears why one is left out: it has no use, but does no harm either
 */
export function cachesToTake(
  caches: readonly Cache[],
  store: EngineFacts['store'],
  tell: (sentence: string) => void,
): Cache[] {
  return caches.flatMap((cache) => {
    const { folder, attributes } = cache;
    if (folder === undefined) return [cache];
    if (store !== 'containerd') {
      tell(`the cache in ${folder} is not used: the image store of this engine takes none from a folder`);
      return [];
    }
    if (attributes.digest) return [cache];
    const digest = readIndex(folder)?.manifests.find(isTagged(tagOf(cache)))?.digest;
    if (digest !== undefined) return [{ ...cache, attributes: { ...attributes, digest } }];
    tell(`no cache is in ${folder} yet`);
    return [];
  });
}

/**
 * Notes in the index of every folder which manifest the engine has written there.
 * @param manifest descriptor of it as JSON, as the engine tells it
 * @throws {UserError} `BUILD_CACHE` where it tells something else
 */
export function noteWrittenCaches(caches: readonly Cache[], manifest: string | undefined): void {
  if (manifest === undefined) return;
  const descriptor = descriptorIn(manifest);
  if (!descriptor) {
    const sentence = 'The engine wrote a build cache, but what it says of it is no manifest: build again.';
    throw new UserError('BUILD_CACHE', sentence);
  }
  for (const cache of caches) {
    const { folder } = cache;
    if (folder === undefined) continue;
    const tag = tagOf(cache);
    const { manifests, ...index } = readIndex(folder) ?? {
      schemaVersion: 2,
      mediaType: 'application/vnd.oci.image.index.v1+json',
      manifests: [],
    };
    const others = manifests.filter((other) => !isTagged(tag)(other));
    const named = { ...descriptor, annotations: { ...descriptor.annotations, [REF_NAME]: tag } };
    write(folder, 'index.json', { ...index, manifests: [...others, named] });
    write(folder, 'oci-layout', { imageLayoutVersion: '1.0.0' });
  }
}

/** The folders of caches by the IDs that the engine asks for them by. */
export function cacheFolders(caches: readonly Cache[]): Map<string, string> {
  const entries = caches.flatMap(({ folder, attributes }) =>
    folder === undefined ? [] : [[`local:${attributes.dest ?? attributes.src}`, folder] as const],
  );
  return new Map(entries);
}

function tagOf({ attributes }: Cache): string {
  return attributes.tag ?? 'latest';
}

const isTagged =
  (tag: string) =>
  ({ annotations }: Descriptor) =>
    annotations?.[REF_NAME] === tag;

function descriptorIn(json: string): Descriptor | undefined {
  try {
    const value: unknown = JSON.parse(json);
    return isDescriptor(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isDescriptor(value: unknown): value is Descriptor {
  if (!isRecord(value) || !isText(value.digest)) return false;
  const { annotations = {} } = value;
  return isRecord(annotations) && Object.values(annotations).every(isText);
}

function isIndex(value: unknown): value is Index {
  return isRecord(value) && isListOf(value.manifests, isDescriptor);
}

/** @throws {UserError} `BUILD_CACHE` for an index that cannot be read as one */
function readIndex(folder: string): Index | undefined {
  const file = path.join(folder, 'index.json');
  if (!fs.existsSync(file)) return undefined;
  try {
    const index: unknown = JSON.parse(fs.readFileSync(file, 'utf8'));
    if (!isIndex(index)) throw new TypeError('It lists no manifests.');
    return index;
  } catch (error) {
    const sentence = `${file} is no index of a build cache: remove that folder, or name another one.`;
    throw new UserError('BUILD_CACHE', sentence, { cause: error });
  }
}

function write(folder: string, name: string, content: object): void {
  const file = path.join(folder, name);
  fs.writeFileSync(`${file}.new`, JSON.stringify(content));
  fs.renameSync(`${file}.new`, file);
}
