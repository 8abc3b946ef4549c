import { randomBytes } from 'node:crypto';
import { createWriteStream, renameSync } from 'node:fs';
import fs from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { codeOf } from '../text/thrown.js';

/** Permissions and time of what is written. */
export interface Attributes {
  mode: number;
  modified: Date;
}

/** A path within the tree that cannot be written: something else is there. */
export class InTheWay extends Error {
  readonly code = 'EEXIST';
  constructor(readonly path: string) {
    super(`${path} is in the way`);
  }
}

/**
 * A folder that is given files of somebody who is not trusted. Whatever paths and links they have, nothing is written but
 * below the folder: no link is followed, not one that was there before either. Paths are relative, without `..`. What is
 * there already is replaced, file by file and each as a whole; what is not named stays.
 */
export class UnpackedTree {
  readonly #folders = new Map<string, Attributes>();
  readonly #known = new Set<string>();

  /**
   * @param root absolute; made where it is not there
   * @param partName gives the name that a file has beside its place until it is whole
   */
  constructor(
    readonly root: string,
    readonly partName = () => `.${randomBytes(8).toString('hex')}.part`,
  ) {}

  /** A folder; its permissions and time are set in the end, for files to be written into it until then; none stay as they are. */
  async folder(path: string, attributes?: Attributes): Promise<void> {
    await this.#make(path);
    if (attributes) this.#folders.set(path, attributes);
  }

  /**
   * @param accepts asked at the last moment whether the file, which is whole by then, may take its place
   * @returns what it answered
   */
  async file(
    path: string,
    { mode, modified }: Attributes,
    content: AsyncIterable<Buffer>,
    accepts: (part: string) => boolean = () => true,
  ): Promise<boolean> {
    const write = async (place: string) => {
      await pipeline(Readable.from(content), createWriteStream(place, { flags: 'wx', mode: 0o600 }));
      await fs.utimes(place, modified, modified);
      await fs.chmod(place, mode);
    };
    return await this.#replace(path, write, accepts);
  }

  async link(path: string, target: string): Promise<void> {
    await this.#replace(path, (place) => fs.symlink(target, place));
  }

  /** Another name of a file of the tree. */
  async hardLink(path: string, to: string): Promise<void> {
    await this.#make(folderOf(to));
    await this.#replace(path, (place) => fs.link(join(this.root, to), place));
  }

  /** Sets what folders are to have, the innermost first. */
  async finish(): Promise<void> {
    for (const [path, { mode, modified }] of [...this.#folders].reverse()) {
      const place = join(this.root, path);
      await fs.utimes(place, modified, modified);
      await fs.chmod(place, mode);
    }
  }

  /** Written under another name first, so that a file is whole or not there, and no link that is there is written through. */
  async #replace(
    path: string,
    write: (place: string) => Promise<void>,
    accepts: (place: string) => boolean = () => true,
  ): Promise<boolean> {
    const folder = folderOf(path);
    await this.#make(folder);
    const place = join(this.root, folder, this.partName());
    try {
      await write(place);
      const isAccepted = accepts(place);
      // At once: what was asked is still true.
      if (isAccepted) renameSync(place, join(this.root, path));
      else await fs.rm(place, { force: true });
      return isAccepted;
    } catch (error) {
      await fs.rm(place, { force: true });
      throw isFolderInTheWay(error) ? new InTheWay(path) : error;
    }
  }

  async #make(path: string): Promise<void> {
    if (this.#known.has(path)) return;
    if (path === '') await fs.mkdir(this.root, { recursive: true });
    else {
      await this.#make(folderOf(path));
      await this.#makeOne(path);
    }
    this.#known.add(path);
  }

  async #makeOne(path: string): Promise<void> {
    const place = join(this.root, path);
    try {
      await fs.mkdir(place);
    } catch (error) {
      if (codeOf(error) !== 'EEXIST') throw error;
      if (!(await fs.lstat(place)).isDirectory()) throw new InTheWay(path);
    }
  }
}

/**
 * Whether a link leads to nowhere but within the tree that it is in: what follows it later shall not be led astray.
 *
 * @param path of the link, in the tree
 */
export function staysInside(path: string, target: string): boolean {
  if (target.startsWith('/') || target.includes('\\')) return false;
  const names = target.split('/').filter((name) => name !== '' && name !== '.');
  const up = names.findIndex((name) => name !== '..');
  const ups = up === -1 ? names.length : up;
  // A `..` further on would leave a folder that may be a link itself.
  return !names.slice(ups).includes('..') && ups <= path.split('/').length - 1;
}

function folderOf(path: string): string {
  const folder = dirname(path);
  return folder === '.' ? '' : folder;
}

function isFolderInTheWay(error: unknown): boolean {
  return ['EISDIR', 'ENOTEMPTY', 'ENOTDIR', 'EEXIST'].includes(codeOf(error) ?? '');
}
