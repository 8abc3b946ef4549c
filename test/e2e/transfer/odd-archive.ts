import { execFileSync } from 'node:child_process';
import { gzipSync } from 'node:zlib';
import type { LayerBlob } from '../../../lib/oci/blob.js';
import { digestOf, plainDiffId } from '../../../lib/oci/digest.js';
import { archiveDocuments, layerPath, manifestFor } from '../../../lib/oci/image-archive.js';
import { TAR_END, tarFile } from '../../../lib/oci/tar-writer.js';

export type Packing = 'plain' | 'gzip' | 'zstd';

/** A layer of one file, or of several in this order, packed in one way. */
export interface OddLayer {
  file: string;
  content: Buffer;
  behind?: Readonly<Record<string, Buffer>>;
  packing: Packing;
}

const TYPES: Readonly<Record<Packing, string>> = { plain: '', gzip: '+gzip', zstd: '+zstd' };

/** The archive of an image of exactly these layers, for `docker load`. */
export function oddArchive(
  reference: string,
  layers: readonly OddLayer[],
  labels: Readonly<Record<string, string>> = {},
): Buffer {
  const files = new Map<string, Buffer>();
  const blobs = layers.map(({ file, content, behind = {}, packing }): LayerBlob => {
    const members = [[file, content] as const, ...Object.entries(behind)];
    const plain = Buffer.concat([...members.map((member) => tarFile(...member)), TAR_END]);
    const packed = pack(plain, packing);
    files.set(layerPath(digestOf(packed)), packed);
    const mediaType = `application/vnd.oci.image.layer.v1.tar${TYPES[packing]}`;
    return { diffId: plainDiffId(digestOf(plain)), digest: digestOf(packed), mediaType, size: packed.length };
  });
  const config = Buffer.from(
    JSON.stringify({
      architecture: process.arch === 'x64' ? 'amd64' : process.arch,
      os: 'linux',
      created: '2024-01-01T00:00:00Z',
      config: { Cmd: ['/none'], Labels: labels },
      rootfs: { type: 'layers', diff_ids: blobs.map(({ diffId }) => diffId) },
    }),
  );
  const documents = { config, manifest: manifestFor(config, blobs) };
  const stored = [...files].map(([name, content]) => tarFile(name, content));
  return Buffer.concat([...stored, archiveDocuments(documents, blobs, reference), TAR_END]);
}

function pack(plain: Buffer, packing: Packing): Buffer {
  if (packing === 'plain') return plain;
  return packing === 'gzip' ? gzipSync(plain) : execFileSync('zstd', ['-qc'], { input: plain });
}
