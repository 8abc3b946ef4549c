import { randomBytes } from 'node:crypto';
import type { LayerBlob } from './blob.js';
import { blobPath, type Digest, digestOf } from './digest.js';
import { mediaTypeIn, parseDocument } from './image-documents.js';
import type { Platform } from './image-platform.js';
import { wholeName } from './reference.js';
import { entryHeader, tarFile } from './tar-writer.js';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';

/** What an image is made of beside its layers. */
export interface ImageDocuments {
  config: Buffer;
  /** The manifest, listing every layer in the form in which it stands in the target's store. */
  manifest: Buffer;
  /** What is attested of the image, where something is. */
  attested?: AttestedDocuments;
}

/** What is attested of an image, and the index that has it beside the image's manifest. */
export interface AttestedDocuments {
  index: Buffer;
  /** Manifests of attestations, with what they list. */
  files: readonly Buffer[];
}

/** The document by which containerd's store calls the image. */
export function topDocument({ manifest, attested }: ImageDocuments): Buffer {
  return attested?.index ?? manifest;
}

/**
 * All but the layers of the archive that every engine loads: OCI layout (which containerd's store reads) and
 * manifest.json (which graph drivers read). The layers stand before or behind it at their {@link layerPath}, in any order;
 * those that the engine has may be missing.
 *
 * @param name `repository:tag`, which no image has yet: even an image that cannot be loaded takes a name away
 */
export function archiveDocuments(
  documents: ImageDocuments,
  layers: readonly LayerBlob[],
  name: string,
): Buffer {
  const config = blobPath(digestOf(documents.config));
  const top = topDocument(documents);
  const blobs = new Set([documents.manifest, top, ...(documents.attested?.files ?? [])]);
  const index = {
    schemaVersion: 2,
    mediaType: 'application/vnd.oci.image.index.v1+json',
    manifests: [
      {
        mediaType: mediaTypeOf(top),
        digest: digestOf(top),
        size: top.length,
        annotations: { 'io.containerd.image.name': wholeName(name) },
      },
    ],
  };
  const legacy = [
    { Config: config, RepoTags: [name], Layers: layers.map((layer) => layerPath(layer.digest)) },
  ];
  return Buffer.concat([
    tarFile('oci-layout', json({ imageLayoutVersion: '1.0.0' })),
    tarFile(config, documents.config),
    ...[...blobs].map((blob) => tarFile(blobPath(digestOf(blob)), blob)),
    ...layers.map(layerLink),
    tarFile('index.json', json(index)),
    tarFile('manifest.json', json(legacy)),
  ]);
}

/** Makes the names of layers those of this process. */
const folderOfLayers = `layers-${randomBytes(6).toString('hex')}`;

/**
 * Path of a layer in an archive. Of a file that breaks off, containerd's store keeps what has come, and puts it in front
 * of the next file of the same path, whoever brings that: so no archive of another process has it.
 */
export function layerPath(digest: Digest): string {
  return `${folderOfLayers}/${digest.replace(':', '-')}`;
}

/** What leads to a layer from where OCI layouts have it: podman looks there, other engines at manifest.json or for the digest. */
function layerLink({ digest }: LayerBlob): Buffer {
  const linkname = `../../${layerPath(digest)}`;
  return entryHeader({
    path: blobPath(digest),
    type: 'symbolic link',
    mode: 0o777,
    size: 0,
    mtime: 0,
    linkname,
  });
}

/** A manifest of our own for a config and layers. */
export function manifestFor(config: Buffer, layers: readonly LayerBlob[]): Buffer {
  return json({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: digestOf(config), size: config.length },
    layers: layers.map(({ mediaType, digest, size }) => ({ mediaType: ociType(mediaType), digest, size })),
  });
}

/** A manifest has to be all OCI or all of docker's own kind; ours are OCI. */
function ociType(mediaType: string): string {
  const [, packed] =
    /^application\/vnd\.docker\.image\.rootfs\.diff\.tar(?:\.(gzip|zstd))?$/.exec(mediaType) ?? [];
  if (packed !== undefined) return `application/vnd.oci.image.layer.v1.tar+${packed}`;
  return mediaType.replace(
    'application/vnd.docker.image.rootfs.diff.tar',
    'application/vnd.oci.image.layer.v1.tar',
  );
}

/** A synthetic image of some layers alone: it keeps them in the store, and its loading tells whether they are there. */
export function prefixImage(layers: readonly LayerBlob[], platform: Platform): ImageDocuments {
  const config = json({
    ...platform,
    created: new Date().toISOString(),
    rootfs: { type: 'layers', diff_ids: layers.map((layer) => layer.diffId) },
  });
  return { config, manifest: manifestFor(config, layers) };
}

function mediaTypeOf(manifest: Buffer): string {
  return mediaTypeIn(parseDocument(manifest)) ?? MANIFEST_TYPE;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
