import { createHash } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { isRefusal } from '../../engine/client/errors.js';
import { steady } from '../../engine/client/steady.js';
import { createContainer } from '../../engine/containers/create.js';
import { removeContainer } from '../../engine/containers/remove.js';
import type { ImageFacts } from '../../engine/images/image-facts.js';
import type { SavedFile } from '../../engine/images/saved-archive.js';
import type { Engine } from '../../engine/types.js';
import { blobPath, chainIds, type DiffId, digestOf, imageIdOf, plainDigest } from '../../oci/digest.js';
import { cleanPath, TarReader } from '../../oci/tar-reader.js';
import { NotAssembled } from '../base/failures.js';
import { TEMPORARY_LABEL } from '../base/temporary-names.js';
import { assembleLayer, FolderContents, MOST_HELD } from '../stores/assemble-layer.js';
import { ChangedContents, type FindKnown, type KnownContent } from '../stores/changed-contents.js';
import { bytesHeldFor } from '../stores/folder-order.js';
import { splitEntries, type SplitFile, splitSummary } from '../stores/tar-split.js';
import type { ArchiveIndex } from './archive-index.js';
import type { LayerReader, Reading } from './layer-reader.js';

/** Folder in the container under which the engine's files are mounted. */
const MOUNTS = '/.gulp-dockerutils';

/**
 * A layer is read as a whole if more than this many of its files, or more than this part of its bytes, are unknown.
 */
const MOST_SINGLE = 1_000;
const LARGEST_PART = 0.5;

/**
 * Reads layers from the folders in which an engine with overlay2 keeps them. It gives them away through a container that
 * has them mounted, read-only; it is never started. A layer that comes whole is compared with its diff ID.
 */
export class StoredLayers implements LayerReader {
  readonly #engine: Engine;
  readonly #image: ImageFacts;
  readonly #archive: ArchiveIndex;
  readonly #containerId: string;
  readonly #signal: AbortSignal;
  readonly #splits = new Map<DiffId, Buffer>();

  private constructor({ engine, image, archive, signal }: Reading, containerId: string) {
    this.#engine = engine;
    this.#image = image;
    this.#archive = archive;
    this.#containerId = containerId;
    this.#signal = signal;
  }

  /**
   * @returns undefined where it is not known in which folders the layers are, or that engine does not allow it
   */
  static async open(reading: Reading): Promise<StoredLayers | undefined> {
    const { engine, image, id } = reading;
    const { folders } = image;
    if (!folders) return undefined;
    try {
      const { id: containerId } = await createContainer(engine, {
        Image: image.id,
        Entrypoint: [MOUNTS],
        Labels: { [TEMPORARY_LABEL]: id },
        HostConfig: { NetworkMode: 'none', Mounts: mountsFor(image, folders) },
      });
      return new StoredLayers(reading, containerId);
    } catch (error) {
      if (!isRefusal(error)) throw error;
      return undefined;
    }
  }

  async learn({ sizes }: { sizes: boolean }): Promise<void> {
    const [archive, image] = [this.#archive, this.#image];
    if (!archive.config) {
      const config = await this.#file('config');
      if (imageIdOf(digestOf(config)) !== image.id)
        throw new NotAssembled('its config is not the one that it names');
      archive.config = config;
    }
    if (!sizes) return;
    for (const diffId of image.diffIds) await this.#sizeOf(diffId);
  }

  async *layers(diffIds: readonly DiffId[]): AsyncGenerator<SavedFile> {
    for (const diffId of diffIds) {
      const size = await this.#sizeInOrder(diffId);
      yield { name: blobPath(plainDigest(diffId)), size, content: this.#layer(diffId) };
    }
  }

  async changed(diffId: DiffId, find: FindKnown): Promise<AsyncGenerator<Buffer | KnownContent> | undefined> {
    const { size, files } = await splitSummary(await this.#split(diffId));
    this.#note(diffId, size);
    const unknown = files.filter((file) => find(file) === undefined);
    const bytes = unknown.reduce((sum, file) => sum + file.size, 0);
    if (unknown.length > MOST_SINGLE || bytes > LARGEST_PART * size) return undefined;
    const folder = folderName(this.#image.diffIds.indexOf(diffId));
    const read = ({ path }: SplitFile) => this.#content(`${folder}/${asText(path)}`);
    const contents = new ChangedContents(find, unknown, read);
    // The result is not verified here: the receiver compares it with the diff ID.
    return assembleLayer(splitEntries(await this.#split(diffId)), contents);
  }

  /** The files of a layer that have any content. */
  async files(diffId: DiffId): Promise<SplitFile[]> {
    return (await splitSummary(await this.#split(diffId))).files;
  }

  async close(): Promise<void> {
    await removeContainer(this.#engine, this.#containerId);
  }

  /** Bytes of a layer's archive; recorded in the archive's index, too. */
  async #sizeOf(diffId: DiffId): Promise<number> {
    const known = this.#archive.blob(diffId);
    if (known) return known.size;
    const { size } = await splitSummary(await this.#split(diffId));
    this.#note(diffId, size);
    return size;
  }

  /**
   * The same of a layer that is to be read, checked before anything of it is given away: then whoever reads the whole
   * image instead begins nothing again.
   *
   * @throws {NotAssembled} where its files stand in another order than in its folder
   */
  async #sizeInOrder(diffId: DiffId): Promise<number> {
    const known = this.#archive.blob(diffId);
    // So much can be held, whatever the order.
    if (known && known.size <= MOST_HELD) return known.size;
    const { size, files } = await splitSummary(await this.#split(diffId));
    if (size > MOST_HELD && bytesHeldFor(files) > MOST_HELD)
      throw new NotAssembled('its files stand in another order there');
    this.#note(diffId, size);
    return size;
  }

  #note(diffId: DiffId, size: number): void {
    this.#archive.notePlain(diffId, size);
  }

  async #split(diffId: DiffId): Promise<Buffer> {
    const split =
      this.#splits.get(diffId) ?? (await this.#file(splitName(this.#image.diffIds.indexOf(diffId))));
    this.#splits.set(diffId, split);
    return split;
  }

  async *#layer(diffId: DiffId): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    const folder = new FolderContents(this.#saved(folderName(this.#image.diffIds.indexOf(diffId))));
    for await (const bytes of assembleLayer(splitEntries(await this.#split(diffId)), folder)) {
      hash.update(bytes);
      yield bytes;
    }
    if (diffId !== `sha256:${hash.digest('hex')}`)
      throw new NotAssembled('what is stored has another digest');
  }

  #file(name: string): Promise<Buffer> {
    return buffer(this.#content(name));
  }

  /** The content of a mounted file. */
  async *#content(name: string): AsyncGenerator<Buffer> {
    const reader = new TarReader();
    for await (const chunk of this.#saved(name)) {
      for (const { bytes, of } of reader.push(chunk)) if (of) yield bytes;
    }
  }

  /** A mounted file or folder as an archive. */
  async *#saved(name: string): AsyncGenerator<Buffer> {
    const path = `/containers/${this.#containerId}/archive`;
    const options = { query: { path: `${MOUNTS}/${name}` }, signal: this.#signal };
    try {
      yield* steady(await this.#engine.client.stream('GET', path, options));
    } catch (error) {
      if (!isRefusal(error)) throw error;
      throw new NotAssembled(error.sentence, { cause: error });
    }
  }
}

/** A layer's path, which is a character a byte there, as the engine is asked for it. */
function asText(path: string): string {
  const text = Buffer.from(cleanPath(path) ?? '', 'latin1').toString();
  if (text === '' || text.includes('\ufffd')) throw new NotAssembled(`nothing can be asked for by ${path}`);
  return text;
}

const folderName = (index: number) => `${index}`;
const splitName = (index: number) => `${index}.split`;

/**
 * What the container sees of the engine's own files: of this image alone, and nothing that could be written. The places
 * are those of moby's layer store and image store (`layer/filestore.go`, `image/fs.go`).
 */
function mountsFor({ id, diffIds, volumes }: ImageFacts, folders: readonly string[]) {
  const [, root = '', driver = ''] = /^(.*)\/([^/]+)\/[^/]+\/diff$/.exec(folders[0] ?? '') ?? [];
  const store = `${root}/image/${driver}`;
  const mount = (source: string, name: string) => ({
    Type: 'bind' as const,
    Source: source,
    Target: `${MOUNTS}/${name}`,
    ReadOnly: true,
    BindOptions: { Propagation: 'rslave' as const, NonRecursive: true },
  });
  const splits = chainIds(diffIds).map((chainId, i) =>
    mount(`${store}/layerdb/${chainId.replace(':', '/')}/tar-split.json.gz`, splitName(i)),
  );
  const contents = folders.map((folder, i) => mount(folder, folderName(i)));
  const config = mount(`${store}/imagedb/content/${id.replace(':', '/')}`, 'config');
  // An empty tmpfs, because for a path with a volume the engine would create one, and copy the image's files into it.
  const empty = volumes.map((path) => ({ Type: 'tmpfs' as const, Source: '', Target: path }));
  return [config, ...splits, ...contents, ...empty];
}
