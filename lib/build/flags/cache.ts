import { readCsv } from '../../flags/csv.js';
import { ValueError } from '../../flags/flag-error.js';
import { cut } from '../../flags/key-value.js';

/** Images to take build steps from, of a `--cache-from` value: references, or `type=registry,ref=…`. */
export function readCacheSources(text: string): string[] {
  if (text === '') return [];
  const fields = readCsv(text);
  if (fields.every((field) => !field.includes('='))) return fields;
  const options = readOptions(fields);
  const type = options.get('type') ?? 'registry';
  const reference = options.get('ref');
  if (type !== 'registry') {
    throw new ValueError(`cache of type ${type}: an engine takes caches from a registry alone`);
  }
  if (!reference) throw new ValueError('the reference (ref=…) of the cache is missing');
  return [reference];
}

/** A `--cache-to` value: an engine can only keep the cache within the image. */
export function readCacheExport(text: string): 'inline' {
  const type = readOptions(readCsv(text)).get('type') ?? 'registry';
  if (type !== 'inline') {
    throw new ValueError(
      `cache of type ${type}: an engine keeps a cache only within the image (type=inline)`,
    );
  }
  return 'inline';
}

function readOptions(fields: readonly string[]): Map<string, string> {
  return new Map(
    fields.map((field) => {
      const [key, value = ''] = cut(field, '=');
      return [key.toLowerCase(), value] as const;
    }),
  );
}
