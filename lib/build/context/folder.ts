import { isUtf8 } from 'node:buffer';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { accountNumber } from '../../system/account.js';
import { machineId } from '../../system/cache-folder.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { type ContextEntry, type ContextNode, type ContextSource, inByteOrder, KIND } from './source.js';

const CHUNK = 1 << 18;

/** One file after the other is read into the same memory; only builds side by side take more. */
let spareChunk: Buffer | undefined;

/** The files of a folder on disk. Reading is synchronous: for thousands of small files that is several times quicker. */
export function folderContext(root: string): ContextSource {
  // The engine may serve several machines and users: none shall be shown the difference to another's folder.
  const key = createHash('sha256').update(`${machineId()}:${accountNumber()}:${root}`).digest('hex');
  return {
    key,
    list: (folder) => listFolder(root, folder),
    lookup: (relative) => readEntry(root, relative),
    content: (entry) => readContent(root, entry),
  };
}

function listFolder(root: string, folder: string): ContextNode[] {
  let found: fs.Dirent[];
  try {
    found = fs.readdirSync(path.join(root, folder), { withFileTypes: true });
  } catch (error) {
    if (hasVanished(error)) return [];
    throw unreadable(folder || path.basename(root), error);
  }
  const prefix = folder === '' ? '' : `${folder}/`;
  const folders = new Set(found.filter((item) => item.isDirectory()).map((item) => item.name));
  return inByteOrder(found.map((item) => item.name)).map((name) => {
    const relative = prefix + name;
    return { path: relative, directory: folders.has(name), entry: () => readEntry(root, relative) };
  });
}

function readEntry(root: string, relative: string): ContextEntry | undefined {
  const absolute = `${root}/${relative}`;
  try {
    const stat = fs.lstatSync(absolute, { bigint: true });
    const mode = modeIn(Number(stat.mode));
    const kind = mode & KIND.mask;
    if (kind === KIND.socket) return undefined;
    const entry: ContextEntry = { path: relative, mode, size: 0, mtimeNs: stat.mtimeNs };
    if (kind === KIND.file) {
      entry.size = Number(stat.size);
      if (stat.nlink > 1n) entry.identity = `${stat.dev}:${stat.ino}`;
    } else if (kind === KIND.symlink) entry.linkname = linkTarget(absolute, relative);
    else if (kind === KIND.characterDevice || kind === KIND.blockDevice)
      entry.device = deviceNumbers(stat.rdev);
    return entry;
  } catch (error) {
    if (error instanceof UserError) throw error;
    if (!hasVanished(error)) throw unreadable(relative, error);
    // A name that is not UTF-8 comes back with U+FFFD in it, and cannot be found by it again.
    if (relative.includes('\ufffd')) throw notUtf8(`The name ${JSON.stringify(relative)}`);
    return undefined;
  }
}

/** A mode of Linux. Windows has neither rights of others nor an executable bit: everything is 0755 there, as by buildx. */
function modeIn(mode: number): number {
  return process.platform === 'win32' ? (mode & KIND.mask) | ((mode | 0o111) & 0o755) : mode;
}

/** BuildKit's protocol carries UTF-8 alone, and another target would arrive as a different one. */
function linkTarget(absolute: string, relative: string): string {
  const bytes = fs.readlinkSync(absolute, 'buffer');
  if (!isUtf8(bytes)) throw notUtf8(`What the link ${JSON.stringify(relative)} leads to`);
  return bytes.toString();
}

function* readContent(root: string, entry: ContextEntry): Generator<Buffer> {
  let file: number;
  try {
    file = fs.openSync(
      `${root}/${entry.path}`,
      fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK,
    );
  } catch (error) {
    throw hasVanished(error) || codeOf(error) === 'ELOOP' ? changed(entry) : unreadable(entry.path, error);
  }
  try {
    const chunk = spareChunk ?? Buffer.allocUnsafeSlow(CHUNK);
    spareChunk = undefined;
    for (let at = 0; at < entry.size;) {
      const length = fs.readSync(file, chunk, 0, Math.min(CHUNK, entry.size - at), at);
      if (length === 0) throw changed(entry);
      at += length;
      yield chunk.subarray(0, length);
    }
    spareChunk = chunk;
    const now = fs.fstatSync(file, { bigint: true });
    if (Number(now.size) !== entry.size || now.mtimeNs !== entry.mtimeNs) throw changed(entry);
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(entry.path, error);
  } finally {
    fs.closeSync(file);
  }
}

/** How Linux packs them. */
function deviceNumbers(rdev: bigint): { major: number; minor: number } {
  return {
    major: Number((rdev >> 8n) & 0xfffn),
    minor: Number((rdev & 0xffn) | ((rdev >> 12n) & 0xfff00n)),
  };
}

function hasVanished(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '');
}

function changed(entry: ContextEntry): UserError {
  return new UserError(
    'CONTEXT_CHANGED',
    `${entry.path} changed while it was being sent to the engine: build again, or leave it out by .dockerignore.`,
  );
}

function unreadable(relative: string, cause: unknown): UserError {
  const reason = codeOf(cause) ?? String(cause);
  return new UserError(
    'CONTEXT_UNREADABLE',
    `${relative} in the build context cannot be read (${reason}): give yourself the right to, or leave it out by .dockerignore.`,
    { cause },
  );
}

function notUtf8(what: string): UserError {
  return new UserError(
    'CONTEXT_NAME',
    `${what} in the build context is not UTF-8: rename it, or leave it out by .dockerignore.`,
  );
}
