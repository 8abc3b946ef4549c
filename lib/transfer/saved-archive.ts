import { pipeline } from 'node:stream/promises';

import { extract } from 'tar-stream';

import type { Engine } from '../engine/types.js';
import { compareVersions } from '../engine/facts.js';
import { streamFromEngine } from '../engine/call.js';
import type { ImageFacts } from './types.js';

/** A file of the archive; its content has to be read (or the next entry asked for) before the next one comes. */
export interface SavedFile {
  name: string;
  size: number;
  content: AsyncIterable<Buffer>;
}

/** First API version whose GET /images/{name}/get takes a platform. */
const PLATFORM_API = '1.48';

/** Streams `GET /images/{name}/get`, file by file, in the order in which the engine sends them. */
export async function* readSavedArchive(
  engine: Engine,
  image: ImageFacts,
  reference: string,
  signal: AbortSignal,
): AsyncGenerator<SavedFile> {
  const { apiVersion, store } = await engine.facts();
  const choose = store === 'containerd' && compareVersions(apiVersion, PLATFORM_API) >= 0;
  const query = choose ? { platform: JSON.stringify(image.platform) } : undefined;
  const saved = await streamFromEngine(engine, 'GET', `/images/${reference}/get`, { query, signal });
  const archive = extract();
  const flow = pipeline(saved, archive);
  flow.catch(() => undefined); // Told by the iteration below.
  try {
    for await (const entry of archive) {
      if (entry.header.type === 'file') {
        yield {
          name: entry.header.name,
          size: entry.header.size ?? 0,
          content: entry as unknown as AsyncIterable<Buffer>,
        };
      }
      entry.resume();
    }
    await flow;
  } finally {
    saved.destroy();
  }
}
