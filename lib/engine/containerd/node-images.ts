import { type Blob, isBlob } from '../../oci/blob.js';
import { type Digest, isDigest } from '../../oci/digest.js';
import { configIn, fieldsOf, imagesIn, parseDocument } from '../../oci/image-documents.js';
import { isPlatform, type Platform, platformIn } from '../../oci/image-platform.js';
import { partsIn, wholeName } from '../../oci/reference.js';
import type { Images } from '../images/images.js';
import { INSPECTED, type InspectedImage, type ListedImage } from '../images/shapes.js';
import type { ContentStore } from './content-store.js';
import type { Ctr } from './ctr.js';

/** An image as `ctr images ls` lists it: a name, and the file (manifest or index) that it stands for. */
interface Named {
  name: string;
  target: Digest;
}

const LIST = '"$@" images ls';
const CHECK = 'filter=$1; shift; "$@" images check "$filter"';
const REMOVE = `
count=$1; shift
names=
while [ $count -gt 0 ]; do names="$names $1"; shift; count=$((count - 1)); done
"$@" images rm $names >&2
`;

/**
 * The images of a node, by `ctr`: those that have a name. What the kubelet calls an image, and is its ID here too, is its
 * config's digest.
 *
 * @param own the node's platform
 */
export function nodeImages(ctr: Ctr, content: ContentStore, own: Platform): Images {
  const all = async (): Promise<Named[]> => namedIn(await ctr.script(LIST, []));
  const isComplete = async (name: string) => {
    const output = await ctr.script(CHECK, [`name==${name}`]);
    return output
      .toString()
      .split('\n')
      .some((line) => line.startsWith(`${name} `) && /\scomplete \(/.test(line));
  };
  const document = async (digest: Digest) =>
    parseDocument((await content.read([digest])).get(digest) ?? NOTHING);
  return {
    async inspect(reference, platform = own) {
      // Who asks for it by its digest has seen its names.
      const named = isDigest(reference) ? [] : await all();
      const target = isDigest(reference) ? reference : targetOf(named, reference);
      if (target === undefined) return undefined;
      const names = named.filter((one) => one.target === target).map(({ name }) => name);
      return inspected(document, target, names, platform);
    },
    async list(references) {
      const named = await all();
      const images = new Map<Digest, ListedImage>();
      for (const { name, target } of named) {
        if (!isGiven(name) || (references && !references.some((reference) => isMeant(name, reference))))
          continue;
        const before = images.get(target);
        const RepoTags = [...(before?.RepoTags ?? []), familiar(name)];
        images.set(target, { Id: target, RepoTags, Descriptor: undefined, Manifests: undefined });
      }
      if (references?.length !== 1) {
        await readAhead(content, [...images.keys()]);
        return [...images.values()];
      }
      // Of one image alone it is asked whether all of it is there.
      return Promise.all(
        [...images.values()].map(async (image) => {
          const names = (image.RepoTags ?? []).map((name) => wholeName(name));
          const Available = (await Promise.all(names.map(isComplete))).every(Boolean);
          const manifest = { Kind: 'image', Available, ID: undefined, AttestationData: undefined };
          return { ...image, Manifests: [manifest] };
        }),
      );
    },
    async untag(reference) {
      const named = await all();
      const name = wholeName(reference);
      const target = targetOf(named, reference);
      if (target === undefined) return;
      const others = named.filter((one) => one.target === target && one.name !== name);
      // The CRI gives an image its ID for a name, too, as soon as it has one.
      const last = others.some((one) => isGiven(one.name)) ? [] : others;
      const names = [name, ...last.map((one) => one.name)];
      await ctr.script(REMOVE, [String(names.length), ...names]);
    },
  };
}

const NOTHING = Buffer.alloc(0);

function familiar(name: string): string {
  return name.replace(/^docker\.io\/(?:library\/)?/, '');
}

/** Whether somebody gave the name, and not the CRI: that calls images by their IDs, and by digests in repositories. */
function isGiven(name: string): boolean {
  return !name.startsWith('sha256:') && !name.includes('@');
}

/** Whether a name is meant by a reference, or by a repository of which it is a tag. */
function isMeant(name: string, reference: string): boolean {
  const meant = partsIn(reference);
  return (
    name === wholeName(reference) ||
    (meant?.tag === undefined && partsIn(name)?.repository === meant?.repository)
  );
}

function targetOf(named: readonly Named[], reference: string): Digest | undefined {
  return named.find(({ name }) => name === wholeName(reference))?.target;
}

function namedIn(output: Buffer): Named[] {
  return output
    .toString()
    .split('\n')
    .flatMap((line) => {
      const [, name = '', target] = /^(\S+)\s+\S+\s+(sha256:[0-9a-f]{64})\s/.exec(line) ?? [];
      return isDigest(target) ? [{ name, target }] : [];
    });
}

/** Reads in two programs what whoever looks at images next wants, which are two for each otherwise. */
async function readAhead(content: ContentStore, targets: readonly Digest[]): Promise<void> {
  const manifests = [...(await content.read(targets)).values()].map(parseDocument);
  await content.read(manifests.flatMap((manifest) => configIn(manifest)?.digest ?? []));
}

type ReadDocument = (digest: Digest) => Promise<unknown>;

/** What Docker's engine says of an image, as far as its documents are there. */
async function inspected(
  document: ReadDocument,
  target: Digest,
  names: readonly string[],
  platform: Platform,
): Promise<InspectedImage | undefined> {
  const found = await manifestOf(document, target, platform);
  const described = configIn(found?.document);
  if (!found || !described) return undefined;
  const config = fieldsOf(await document(described.digest));
  const { os, architecture, variant, created, author } = config;
  const { diff_ids: layers } = fieldsOf(config.rootfs);
  if (typeof os !== 'string' || typeof architecture !== 'string') return undefined;
  const [image] = imagesIn(found.document);
  return INSPECTED({
    Id: described.digest,
    RepoTags: names.filter(isGiven).map(familiar),
    Size: (image?.layers ?? []).reduce((sum, { blob }) => sum + (blob?.size ?? 0), 0),
    Os: os,
    Architecture: architecture,
    Variant: variant,
    Created: created,
    Author: author,
    Config: config.config ?? {},
    RootFS: { Layers: layers ?? [] },
    Descriptor: found.blob,
  });
}

/** The manifest for a platform, in an index or by itself. */
async function manifestOf(
  document: ReadDocument,
  target: Digest,
  platform: Platform,
): Promise<{ blob: Blob; document: unknown } | undefined> {
  const top = await document(target);
  const { manifests, mediaType } = fieldsOf(top);
  if (!Array.isArray(manifests)) {
    const type = typeof mediaType === 'string' ? mediaType : 'application/vnd.oci.image.manifest.v1+json';
    return top === undefined
      ? undefined
      : { blob: { digest: target, mediaType: type, size: 0 }, document: top };
  }
  const chosen = manifests.filter(isBlob).find((one) => isFor(one, platform));
  return chosen && { blob: chosen, document: await document(chosen.digest) };
}

function isFor(listed: Blob, wanted: Platform): boolean {
  const platform = platformIn(fieldsOf(listed).platform);
  return platform !== undefined && isPlatform(platform, wanted);
}
