import { createReadStream } from 'node:fs';
import { lstat, mkdtemp, readdir, readlink, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import type { Readable } from 'node:stream';
import { unpackArchive } from '../engine/unpack-archive.js';
import type { TarFile } from '../oci/tar-files.js';
import { notWritten } from '../system/unpack.js';
import { bytesOf } from '../text/bytes.js';
import type { FileSource } from './source.js';

/** Gives the files of an archive, which passes by once, out of a folder of this machine that is there as long as the work. */
export class UnpackedArchive implements FileSource, AsyncDisposable {
  readonly #folder: string;
  /** Absolute paths of what is in the archive and cannot be here. */
  #leftOut: readonly string[] = [];

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws {UserError} `OUTPUT_WRITE` where there is no temporary folder */
  static async open(): Promise<UnpackedArchive> {
    const parent = tmpdir();
    const folder = await mkdtemp(join(parent, 'gulp-dockerutils-files-')).catch((error: unknown) => {
      throw notWritten(error, shownTemporary(parent));
    });
    return new UnpackedArchive(folder);
  }

  /** @throws {UserError} `OUTPUT_WRITE` */
  async fill(archive: Readable): Promise<void> {
    const { leftOut } = await unpackArchive(archive, this.#folder, shownTemporary(dirname(this.#folder)));
    this.#leftOut = leftOut.map((path) => `/${path}`);
  }

  async at(path: string): Promise<AsyncGenerator<TarFile> | undefined> {
    const found = await this.#file(path);
    return found && this.#all(found);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
  }

  async *#all(file: TarFile): AsyncGenerator<TarFile> {
    yield* this.#below(file);
    const isBelow = (path: string) => path === file.path || path.startsWith(posix.join(file.path, '/'));
    for (const path of this.#leftOut.filter(isBelow))
      yield { kind: 'other', path, mode: 0, modified: new Date(0), size: 0, target: '', content: nothing() };
  }

  async *#below(file: TarFile): AsyncGenerator<TarFile> {
    yield file;
    if (file.kind !== 'folder') return;
    for (const name of (await readdir(join(this.#folder, file.path))).sort()) {
      const one = await this.#file(posix.join(file.path, name));
      if (one) yield* this.#below(one);
    }
  }

  async #file(path: string): Promise<TarFile | undefined> {
    const place = join(this.#folder, path);
    const stat = await lstat(place).catch(() => undefined);
    if (!stat) return undefined;
    const kind = stat.isDirectory() ? 'folder' : stat.isSymbolicLink() ? 'link' : 'file';
    return {
      kind,
      path,
      mode: stat.mode & 0o777,
      modified: stat.mtime,
      size: stat.size,
      target: kind === 'link' ? await readlink(place) : '',
      // Opened when it is read.
      content: chunksOf(place),
    };
  }
}

async function* nothing(): AsyncGenerator<Buffer> {}

function shownTemporary(folder: string): string {
  return `The temporary folder ${folder}, which TMPDIR names,`;
}

async function* chunksOf(place: string): AsyncGenerator<Buffer> {
  for await (const chunk of createReadStream(place)) yield bytesOf(chunk);
}
