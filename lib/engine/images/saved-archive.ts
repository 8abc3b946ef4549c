import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract } from 'tar-stream';
import type { Platform } from '../../oci/image-platform.js';
import { contentOf } from '../../oci/tar-files.js';
import { isAtLeast } from '../../text/is-at-least.js';
import { steady } from '../client/steady.js';
import type { Engine } from '../types.js';

/** A file of the archive. What of its content is not read before the next file is asked for, is passed over. */
export interface SavedFile {
  name: string;
  size: number;
  content: AsyncIterable<Buffer>;
}

/** First API version whose GET /images/{name}/get takes a platform. */
const PLATFORM_API = '1.48';

/** `GET /images/{name}/get`: behind a graph driver the first byte comes when the whole image stands on the engine's disk. */
export async function openSavedArchive(
  engine: Engine,
  { platform }: { platform: Platform },
  reference: string,
  signal: AbortSignal,
): Promise<Readable> {
  const { store } = await engine.facts();
  const choose = store === 'containerd' && (await savesPlatform(engine));
  const query = choose ? { platform: JSON.stringify(platform) } : undefined;
  return engine.client.stream('GET', `/images/${reference}/get`, { query, signal });
}

/** Whether an engine can be asked for one platform of an image that it saves. */
export async function savesPlatform(engine: Engine): Promise<boolean> {
  return isAtLeast((await engine.facts()).apiVersion, PLATFORM_API);
}

/** The files of a saved archive, in the order in which the engine sends them. */
export async function* readSavedArchive(saved: Readable): AsyncGenerator<SavedFile> {
  const archive = extract();
  const flow = pipeline(steady(saved), archive);
  flow.catch(() => undefined); // The loop below fails with the same error.
  try {
    for await (const entry of archive) {
      const { name, size = 0, type } = entry.header;
      if (type === 'file') yield { name, size, content: contentOf(entry) };
      entry.resume();
    }
    await flow;
  } finally {
    saved.destroy();
  }
}
