import fs from 'node:fs';
import { codeOf } from '../text/thrown.js';
import {
  chunkHead,
  fileEnd,
  fileOperation,
  folderOperation,
  linkOperation,
  removalOperation,
  type RootPath,
} from './sidecar/operations.js';
import type { Step } from './tree/tree.js';

/**
 * - `done`: what was here has been sent
 * - `again`: it changed in the meantime, and has to be looked at again
 * - a code such as `EACCES`: it cannot be read
 */
export type Outcome = 'done' | 'again' | { code: string };

/** Takes operations, or a piece of one, of which more follows; resolves when there is room for more. */
type Write = (operations: Buffer, isPiece?: boolean) => Promise<void>;

const CHUNK = 1 << 17;

/**
 * Sends what a path is now.
 *
 * @param source the path here
 * @param to the path there
 * @param patient whether a file that changes while it is read is left for later
 */
export async function writeStep(
  { kind, empty }: Step,
  { source, to, patient }: { source: string; to: RootPath; patient: boolean },
  write: Write,
): Promise<Outcome> {
  try {
    switch (kind) {
      case 'removal':
        await write(removalOperation(to));
        return 'done';
      case 'folder':
        await write(folderOperation(to, modeIn(fs.lstatSync(source).mode)));
        return 'done';
      case 'link':
        await write(linkOperation(to, fs.readlinkSync(source, 'buffer')));
        return 'done';
      case 'file':
        return await writeFile(source, to, { empty, patient, write });
    }
  } catch (error) {
    const code = codeOf(error);
    if (code === undefined || !(error instanceof Error && 'syscall' in error)) throw error;
    return CHANGED.includes(code) ? 'again' : { code };
  }
}

/** It is no longer what it was a moment ago. */
const CHANGED = ['ENOENT', 'ENOTDIR', 'ELOOP', 'EINVAL', 'ENXIO'];

async function writeFile(
  source: string,
  to: RootPath,
  { empty, patient, write }: { empty: boolean | undefined; patient: boolean; write: Write },
): Promise<Outcome> {
  const { O_RDONLY, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = fs.constants;
  const file = fs.openSync(source, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const before = fs.fstatSync(file, { bigint: true });
    const emptied = before.size === 0n && !empty;
    // A file that has been emptied is about to be written again.
    if (!before.isFile() || (emptied && patient)) return 'again';
    const head = fileOperation(to, modeIn(Number(before.mode)), before.mtimeNs);
    let good = false;
    await write(head, true);
    try {
      await writeContent(file, write);
      good = isSame(before, file) || !patient;
    } finally {
      await write(fileEnd(good));
    }
    return good ? 'done' : 'again';
  } finally {
    fs.closeSync(file);
  }
}

async function writeContent(file: number, write: Write): Promise<void> {
  let at = 0;
  for (let part = readChunk(file, at); part.length > 0; part = readChunk(file, at)) {
    at += part.length;
    await write(Buffer.concat([chunkHead(part.length), part]), true);
    if (part.length < CHUNK) return;
  }
}

function readChunk(file: number, at: number): Buffer {
  const bytes = Buffer.allocUnsafe(CHUNK);
  return bytes.subarray(0, fs.readSync(file, bytes, 0, CHUNK, at));
}

function isSame(before: fs.BigIntStats, file: number): boolean {
  const now = fs.fstatSync(file, { bigint: true });
  return now.size === before.size && now.mtimeNs === before.mtimeNs;
}

/** A mode of Linux. Windows has neither rights of others nor an executable bit: everything is 0755 there, as in builds. */
export function modeIn(mode: number): number {
  return process.platform === 'win32' ? 0o755 : mode & 0o7777;
}
