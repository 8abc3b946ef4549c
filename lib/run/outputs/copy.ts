import { relative } from 'node:path';
import type { Container } from '../../engine/containers/container.js';
import { containerFiles } from '../../engine/containers/files.js';
import type { Engine } from '../../engine/types.js';
import type { TarFile } from '../../oci/tar-files.js';
import type { Output } from '../../project/settings/outputs.js';
import { formatBytes, formatFiles } from '../../report/index.js';
import type { Report } from '../../report/types.js';
import { leftOutSentence, notWritten, unpack, type Unpacked } from '../../system/unpack.js';
import { UnpackedTree } from '../../system/unpacked-tree.js';
import { placementOf } from './placement.js';

export interface CopyMeans {
  engine: Engine;
  report: Report;
  signal: AbortSignal;
  /** The project's. */
  root: string;
}

/**
 * Copies what a container has made, and says how much that was, or that there is nothing. What is no file, folder or link,
 * and links that lead out of what is copied, are left out and told.
 *
 * @throws {UserError} `OUTPUT_OUTSIDE`, `OUTPUT_WRITE`
 */
export async function copyOutput({ id }: Container, output: Output, means: CopyMeans): Promise<void> {
  const { engine, report, signal, root } = means;
  const shown = relative(root, output.to) || '.';
  const files = await containerFiles(engine, id, output.from, signal);
  if (!files) return report.warn(`${output.from}, which outputs= names, is not there: nothing is copied.`);
  const copied = await write(files, output, root).catch((error: unknown) => {
    throw notWritten(error, shown);
  });
  const leftOut = leftOutSentence(copied, output.from);
  if (leftOut !== undefined) report.warn(leftOut);
  report.info(
    `${output.from} copied to ${shown}: ${formatFiles(copied.files)}, ${formatBytes(copied.bytes)}`,
  );
}

async function write(files: AsyncGenerator<TarFile>, output: Output, root: string): Promise<Unpacked> {
  const first = await files.next();
  if (first.done) return { files: 0, bytes: 0, leftOut: [] };
  const { folder, name } = placementOf(output, first.value.kind === 'folder', root);
  const all = async function* () {
    yield first.value;
    yield* files;
  };
  const place = (path: string) => [name, path].filter((part) => part !== '').join('/');
  return unpack(all(), new UnpackedTree(folder), { place });
}
