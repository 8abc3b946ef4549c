import { relative } from 'node:path';
import type { Container } from '../../engine/containers/container.js';
import { containerFiles } from '../../engine/containers/files.js';
import type { Engine } from '../../engine/types.js';
import type { TarFile } from '../../oci/tar-files.js';
import type { Output } from '../../project/outputs.js';
import { formatBytes } from '../../report/index.js';
import type { Report } from '../../report/types.js';
import { InTheWay, staysInside, UnpackedTree } from '../../system/unpacked-tree.js';
import { printableLine } from '../../text/printable.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
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
  const copied: Copied = { files: 0, bytes: 0, leftOut: [] };
  try {
    await writeFiles(files, output, root, copied);
  } catch (error) {
    throw explained(error, shown);
  }
  for (const path of copied.leftOut.slice(0, 1)) {
    const others = copied.leftOut.length - 1;
    const more = others === 0 ? '' : ` and ${others} more`;
    report.warn(
      `${printableLine(path)}${more} of ${output.from} is left out: a link that leads out of it, or no file.`,
    );
  }
  const number = copied.files === 1 ? '1 file' : `${copied.files} files`;
  report.info(`${output.from} copied to ${shown}: ${number}, ${formatBytes(copied.bytes)}`);
}

interface Copied {
  files: number;
  bytes: number;
  /** Paths. */
  leftOut: string[];
}

async function writeFiles(
  files: AsyncGenerator<TarFile>,
  output: Output,
  root: string,
  copied: Copied,
): Promise<void> {
  let tree: UnpackedTree | undefined;
  let name = '';
  for await (const file of files) {
    if (!tree) {
      const placement = placementOf(output, file.kind === 'folder', root);
      tree = new UnpackedTree(placement.folder);
      name = placement.name;
    }
    const path = [name, file.path].filter((part) => part !== '').join('/');
    if (await write(tree, path, file)) {
      if (file.kind === 'file') copied.files++;
      copied.bytes += file.size;
    } else copied.leftOut.push(file.path);
  }
  await tree?.finish();
}

/** @returns whether it could be */
async function write(tree: UnpackedTree, path: string, file: TarFile): Promise<boolean> {
  switch (file.kind) {
    case 'folder':
      // The folder that is written to keeps what it has here.
      await tree.folder(path, path === '' ? undefined : file);
      return true;
    case 'file':
      await tree.file(path, file, file.content);
      return true;
    case 'hard link':
      await tree.hardLink(path, file.target);
      return true;
    case 'link':
      if (staysInside(path, file.target)) await tree.link(path, file.target);
      return staysInside(path, file.target);
    default:
      return false;
  }
}

function explained(error: unknown, shown: string): unknown {
  if (error instanceof InTheWay)
    return new UserError(
      'OUTPUT_WRITE',
      `${shown} cannot take ${JSON.stringify(error.path)}, where something of another kind is already: remove that.`,
      { cause: error },
    );
  const code = codeOf(error);
  if (error instanceof UserError || code === undefined) return error;
  return new UserError(
    'OUTPUT_WRITE',
    `${shown} cannot be written (${code}): give yourself the right to, free some space, or name another place.`,
    { cause: error },
  );
}
