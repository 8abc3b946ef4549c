import { randomBytes } from 'node:crypto';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { DiffId } from '../../oci/digest.js';
import { cacheFolder } from '../../system/cache-folder.js';
import { codeOf } from '../../text/thrown.js';
import { readRecord } from './index-record.js';
import type { LayerIndex } from './layer-index.js';

/** Bytes of all files of the cache together; those that were used last stay. */
const LARGEST_CACHE = 256 * 2 ** 20;

/** What is left of a cache that was too large: looking through it takes long, and shall not be done for each file. */
const KEPT = 7 / 8;

/** A part of the folder's name, changed with the form of the files in it. */
const FORM = 'layers-4';

/**
 * What stands in the layers that this user's transfers have read: a file for each diff ID in the user's cache folder
 * (`XDG_CACHE_HOME`). Where that cannot be written, they are remembered by this process alone.
 */
export class LayerIndexes {
  readonly #folder: string;
  readonly #remembered = new Map<DiffId, Buffer>();
  readonly #largest: number;
  /** Bytes that may come until all is looked through again, as far as this process knows. */
  #room = 0;
  #unkept?: string;

  /** @param largest bytes of all files together */
  constructor(env: NodeJS.ProcessEnv = process.env, largest = LARGEST_CACHE) {
    this.#folder = join(cacheFolder(env), FORM);
    this.#largest = largest;
  }

  /** Why what was read is not kept for later transfers, in a sentence; undefined where all of it is. */
  get unkept(): string | undefined {
    return this.#unkept;
  }

  /** Which of the layers are known. */
  async known(diffIds: readonly DiffId[]): Promise<ReadonlySet<DiffId>> {
    const names = new Set(await readdir(this.#folder).catch(() => []));
    return new Set(diffIds.filter((id) => this.#remembered.has(id) || names.has(fileName(id))));
  }

  /** What is in a layer; undefined where that is not known. */
  async get(diffId: DiffId): Promise<LayerIndex | undefined> {
    const remembered = this.#remembered.get(diffId);
    if (remembered) return readRecord(remembered);
    const path = this.#path(diffId);
    try {
      const index = await readRecord(await readFile(path));
      if (!index) return undefined;
      const now = new Date();
      // Where nothing can be written, nothing is thrown away either.
      await utimes(path, now, now).catch(() => undefined);
      return index;
    } catch {
      return undefined; // Not there, or no longer whole.
    }
  }

  /** @param record what is in a layer, as an IndexRecord packs it */
  async put(diffId: DiffId, record: Buffer): Promise<void> {
    const path = this.#path(diffId);
    const temporary = `${path}.${randomBytes(4).toString('hex')}`;
    try {
      await this.#makeFolder();
      await writeFile(temporary, record, { mode: 0o600 });
      await rename(temporary, path);
    } catch (error) {
      this.#remembered.set(diffId, record);
      this.#unkept = `what is in the layers is not kept for later deltas: ${this.#folder} cannot be written (${codeOf(error)})`;
      await rm(temporary, { force: true }).catch(() => undefined);
      return;
    }
    this.#room -= record.length;
    // Another process may be at it, too.
    if (this.#room < 0) await this.#bound().catch(() => undefined);
  }

  #path(diffId: DiffId): string {
    return join(this.#folder, fileName(diffId));
  }

  /** For this user alone: names and hashes of an image's files tell much of it. What an earlier form holds goes. */
  async #makeFolder(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    await chmod(this.#folder, 0o700);
    const parent = dirname(this.#folder);
    for (const name of await readdir(parent)) {
      if (/^layers-\d+$/.test(name) && name !== FORM) await rm(join(parent, name), { recursive: true });
    }
  }

  /** Removes what was not used for the longest time, where there is too much. */
  async #bound(): Promise<void> {
    const names = await readdir(this.#folder);
    const files = await Promise.all(
      names.map(async (name) => {
        const path = join(this.#folder, name);
        const { size, mtimeMs } = await stat(path);
        return { path, size, mtimeMs };
      }),
    );
    let bytes = files.reduce((sum, { size }) => sum + size, 0);
    if (bytes > this.#largest) {
      for (const { path, size } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
        await rm(path, { force: true });
        bytes -= size;
        if (bytes <= this.#largest * KEPT) break;
      }
    }
    this.#room = this.#largest - bytes;
  }
}

const fileName = (diffId: DiffId) => `${diffId.replace(':', '-')}.json.gz`;
