import { readCsv } from '../../flags/csv.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';

/** Where build steps are taken from or kept: `registry`, `local` or `inline`, with what BuildKit wants to know of it. */
export interface Cache {
  type: string;
  attributes: Readonly<Record<string, string>>;
  /** Absolute path of a local one. */
  folder?: string;
}

/** Caches to take build steps from, of a `--cache-from` value: references, `type=registry,ref=…` or `type=local,src=…`. */
export function readCacheSources(text: string): Cache[] {
  if (text === '') return [];
  const fields = readCsv(text);
  if (fields.every((field) => !field.includes('='))) return fields.map(ofReference);
  const cache = readCache(fields, 'src');
  if (cache.type !== 'registry' && cache.type !== 'local') {
    throw new ValueError(
      `cache of type ${cache.type}: a cache is taken from a registry or an image (type=registry), or from a folder (type=local)`,
    );
  }
  return [cache];
}

/** A `--cache-to` value: `type=inline`, a reference, `type=registry,ref=…[,mode=max]` or `type=local,dest=…`. */
export function readCacheTarget(text: string): Cache {
  const fields = readCsv(text);
  const [first = ''] = fields;
  const isReference = fields.length === 1 && !first.includes('=');
  const cache = isReference ? ofReference(first) : readCache(fields, 'dest');
  if (['inline', 'registry', 'local'].includes(cache.type)) return cache;
  throw new ValueError(
    `cache of type ${cache.type}: a cache is kept within the image (type=inline), in a registry (type=registry) or in a folder (type=local)`,
  );
}

function ofReference(ref: string): Cache {
  return { type: 'registry', attributes: { ref } };
}

/** @param folder which attribute names the folder of a local cache */
function readCache(fields: readonly string[], folder: 'src' | 'dest'): Cache {
  const { type = 'registry', ...attributes } = Object.fromEntries(
    fields.map((field) => {
      const [key, value = ''] = cut(field, '=');
      return [key.toLowerCase(), value];
    }),
  );
  if (type === 'registry' && !attributes.ref) {
    throw new ValueError('the reference (ref=…) of the cache is missing');
  }
  if (type === 'local' && !attributes[folder]) {
    throw new ValueError(`the folder (${folder}=…) of the cache is missing`);
  }
  return { type, attributes };
}
