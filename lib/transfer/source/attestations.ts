import { buffer } from 'node:stream/consumers';
import type { Engine } from '../../engine/types.js';
import { type Blob, isBlob } from '../../oci/blob.js';
import { blobPath } from '../../oci/digest.js';
import type { AttestedDocuments } from '../../oci/image-archive.js';
import { fieldsOf, parseDocument } from '../../oci/image-documents.js';
import { sourceFailure } from '../base/failures.js';
import type { TransferPlan } from '../base/types.js';
import { readExcerpt } from '../stores/partial-archive.js';

/** By this annotation, BuildKit's index tells which manifest a manifest of attestations is of. */
const SUBJECT = 'vnd.docker.reference.digest';

/**
 * Reads what is attested of an image out of containerd's store.
 *
 * @param id of the transfer
 * @returns undefined where nothing goes along; else the index, without what it has of other platforms, and the files of the attestations
 */
export async function readAttestations(
  { source, attestations }: Pick<TransferPlan, 'source' | 'attestations'>,
  id: string,
  signal: AbortSignal,
): Promise<AttestedDocuments | undefined> {
  if (!attestations?.kept) return undefined;
  const { index, manifest } = attestations;
  const read = async (blobs: readonly Blob[]) => {
    try {
      return await readFiles(source, blobs, id, signal);
    } catch (error) {
      throw sourceFailure(error);
    }
  };
  const [whole = Buffer.alloc(0)] = await read([index]);
  const document = fieldsOf(parseDocument(whole));
  const listed = Array.isArray(document.manifests) ? document.manifests.filter(isBlob) : [];
  const attested = listed.filter((one) => subjectOf(one) === manifest);
  const manifests = await read(attested);
  const inner = manifests.map(parseDocument).flatMap(filesIn);
  const kept = listed.filter((one) => one.digest === manifest || attested.includes(one));
  return {
    index: kept.length === listed.length ? whole : json({ ...document, manifests: kept }),
    files: [...manifests, ...(await read(inner))],
  };
}

/** The content of files, in the order in which they are asked for. */
async function readFiles(
  engine: Engine,
  blobs: readonly Blob[],
  id: string,
  signal: AbortSignal,
): Promise<Buffer[]> {
  const found = new Map<string, Buffer>();
  const wanted = new Set(blobs.map(({ digest }) => blobPath(digest)));
  if (wanted.size === 0) return [];
  for await (const { name, content } of readExcerpt(engine, blobs, id, signal))
    if (wanted.has(name)) found.set(name, await buffer(content));
  return [...wanted].map((name) => {
    const content = found.get(name);
    if (!content) throw new Error(`the engine's store lacks ${name}, which is attested of the image`);
    return content;
  });
}

/** The files that a manifest of attestations lists: its config, and statements. */
function filesIn(manifest: unknown): Blob[] {
  const { config, layers } = fieldsOf(manifest);
  const statements = Array.isArray(layers) ? layers.filter(isBlob) : [];
  return isBlob(config) ? [config, ...statements] : statements;
}

function subjectOf(listed: unknown): unknown {
  return fieldsOf(fieldsOf(listed).annotations)[SUBJECT];
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}
