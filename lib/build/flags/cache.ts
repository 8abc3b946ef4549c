import { readCsv } from '../../flags/csv.js';
import { ValueError } from '../../flags/flag-error.js';
import { cut } from '../../flags/key-value.js';

/** Where build steps are taken from or kept: `registry` or `inline`, with what BuildKit wants to know of it. */
export interface Cache {
  type: string;
  attributes: Readonly<Record<string, string>>;
}

/** Caches to take build steps from, of a `--cache-from` value: references, or `type=registry,ref=…`. */
export function readCacheSources(text: string): Cache[] {
  if (text === '') return [];
  const fields = readCsv(text);
  if (fields.every((field) => !field.includes('='))) return fields.map(ofReference);
  const cache = readCache(fields);
  if (cache.type !== 'registry') {
    throw new ValueError(
      `cache of type ${cache.type}: a cache is taken from a registry or an image (type=registry)`,
    );
  }
  return [cache];
}

/** A `--cache-to` value: `type=inline`, a reference, or `type=registry,ref=…[,mode=max]`. */
export function readCacheTarget(text: string): Cache {
  const fields = readCsv(text);
  const cache =
    fields.length === 1 && !fields[0]!.includes('=') ? ofReference(fields[0]!) : readCache(fields);
  if (cache.type === 'inline' || cache.type === 'registry') return cache;
  throw new ValueError(
    `cache of type ${cache.type}: a cache is kept within the image (type=inline) or in a registry (type=registry)`,
  );
}

function ofReference(ref: string): Cache {
  return { type: 'registry', attributes: { ref } };
}

function readCache(fields: readonly string[]): Cache {
  const { type = 'registry', ...attributes } = Object.fromEntries(
    fields.map((field) => {
      const [key, value = ''] = cut(field, '=');
      return [key.toLowerCase(), value];
    }),
  );
  if (type === 'registry' && !attributes.ref) {
    throw new ValueError('the reference (ref=…) of the cache is missing');
  }
  return { type, attributes };
}
