import { createHash } from 'node:crypto';
import path from 'node:path';
import Vinyl from 'vinyl';
import type { Means } from '../../engine/means.js';
import { machineId } from '../../system/cache-folder.js';
import { UserError } from '../../text/user-error.js';
import { dockerfileInContext } from '../build-context.js';
import { type BuiltImage, carryOutBuild } from '../carry-out.js';
import { filesContext, type HeldFile, heldFile, pieces } from '../context/files.js';
import { isFile, KIND } from '../context/source.js';
import { contextArchive, type ContextFile } from '../context/tar.js';
import type { BuildPlan } from '../plan.js';
import { noneSent, type SyncCount } from '../session/file-sync.js';

/** Bytes of files that are held in memory, so that only what changed travels; a pipeline with more is sent as it flows. */
const HELD_BYTES = 64 << 20;

export interface PipelineMeans extends Means {
  /** Vinyl files, as they come. */
  files: AsyncIterable<unknown>;
  /** Instead of 64 MiB. */
  heldBytes?: number;
}

/**
 * Builds an image from files: they are the context, together with the image's Dockerfile. Nothing is written to disk.
 */
export async function carryOutPipeline(
  plan: BuildPlan,
  { files, heldBytes = HELD_BYTES, ...means }: PipelineMeans,
): Promise<BuiltImage> {
  const arriving = arrivingFiles(files, heldBytes);
  const held = [dockerfileOf(plan)];
  for (let bytes = 0; bytes <= heldBytes;) {
    const next = await arriving.next();
    if (next.done) {
      const source = filesContext(held, pipelineKey(plan));
      const context = { source, exclude: [], sent: noneSent() };
      return carryOutBuild(plan, { ...means, context });
    }
    held.push(next.value);
    bytes += next.value.entry.size;
  }
  const sent = noneSent();
  const context = { archive: contextArchive(archived(held, arriving, sent)), sent };
  return carryOutBuild(plan, { ...means, context });
}

/** A file whose content may be too large to hold. */
interface PipedFile extends HeldFile {
  stream?: AsyncIterable<Buffer>;
}

async function* arrivingFiles(files: AsyncIterable<unknown>, limit: number): AsyncGenerator<PipedFile> {
  for await (const file of files) {
    if (!Vinyl.isVinyl(file)) {
      throw new UserError('NOT_VINYL', 'Only Vinyl files can be built from, such as those of gulp.src().');
    }
    yield file.isStream()
      ? await pipedFile(file, file.contents, limit)
      : heldFile(file, file.isBuffer() ? file.contents : undefined);
  }
}

type PipedContents = AsyncIterable<Buffer | string>;

/** Reads the content of a small file, for only then its size is known; that of a large one is what its stat says. */
async function pipedFile(file: Vinyl, contents: PipedContents, limit: number): Promise<PipedFile> {
  const chunks: Buffer[] = [];
  const content = contents[Symbol.asyncIterator]();
  for (let bytes = 0; bytes <= limit;) {
    const next = await content.next();
    if (next.done) return heldFile(file, Buffer.concat(chunks));
    const chunk = Buffer.from(next.value);
    chunks.push(chunk);
    bytes += chunk.length;
  }
  const size = file.stat?.size ?? -1;
  return { entry: { ...heldFile(file).entry, size }, stream: exactly(file, size, chunks, content) };
}

/** @throws {UserError} `STREAM_SIZE` where it is not as many bytes as the archive's header has promised */
async function* exactly(
  file: Vinyl,
  size: number,
  chunks: Buffer[],
  rest: AsyncIterator<Buffer | string>,
): AsyncGenerator<Buffer> {
  let bytes = 0;
  const checked = (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > size) throw wrongSize(file);
    return chunk;
  };
  for (const chunk of chunks.splice(0)) yield checked(chunk);
  for (let next = await rest.next(); !next.done; next = await rest.next())
    yield checked(Buffer.from(next.value));
  if (bytes !== size) throw wrongSize(file);
}

function wrongSize(file: Vinyl): UserError {
  return new UserError(
    'STREAM_SIZE',
    `${file.relative} is a large stream whose size is not what its stat says: set file.stat.size, or read it with buffer: true.`,
  );
}

/** Lets go of each file once it has been sent. */
async function* archived(
  held: PipedFile[],
  rest: AsyncIterable<PipedFile>,
  sent: SyncCount,
): AsyncGenerator<ContextFile> {
  const contextFile = ({ entry, content, stream }: PipedFile): ContextFile => {
    sent.entries++;
    if (isFile(entry)) sent.files++;
    sent.bytes += entry.size;
    return { entry, content: stream ?? pieces(content) };
  };
  for (let file = held.shift(); file; file = held.shift()) yield contextFile(file);
  for await (const file of rest) yield contextFile(file);
}

function dockerfileOf(plan: BuildPlan): PipedFile {
  const { content } = plan.dockerfile;
  const entry = {
    path: dockerfileInContext(plan),
    mode: KIND.file | 0o644,
    size: content.length,
    mtimeNs: 0n,
  };
  return { entry, content };
}

/** Pipelines of one image share what they have sent; the folder on disk is another context. */
function pipelineKey(plan: BuildPlan): string {
  return createHash('sha256').update(`pipeline:${machineId()}:${plan.root}:${plan.image}`).digest('hex');
}

/** The Vinyl file `<image>.json`, which describes an image; the same is its `image` property. */
export function imageFile(plan: BuildPlan, image: BuiltImage): Vinyl {
  const file = new Vinyl({
    cwd: plan.root,
    base: plan.root,
    path: path.join(plan.root, `${plan.image}.json`),
    contents: Buffer.from(`${JSON.stringify(image, null, 2)}\n`),
  });
  return Object.assign(file, { image });
}
