import { readCsv } from '../../flags/csv.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';

/** Where the files that a build has made are written, as a folder or as an archive. */
export interface Export {
  type: 'local' | 'tar';
  /** Absolute path here. */
  path: string;
  /** What BuildKit wants to know of it. */
  attributes: Readonly<Record<string, string>>;
}

/**
 * A `--output` value: a folder, or `type=local,dest=…`, `type=tar,dest=…`. Undefined where the result is an image of the
 * engine, as it is anyway.
 */
export function readExport(text: string): Export | undefined {
  const fields = readCsv(text);
  // So it is to docker build: `a=b` alone is the name of a folder.
  if (fields.length === 1 && fields[0] === text && !text.startsWith('type='))
    return placed('local', text, {});
  const { type, dest = '', ...attributes } = Object.fromEntries(fields.map(attribute));
  if (type === undefined) throw new ValueError('type is required for output');
  if (type === 'local' || type === 'tar') return placed(type, dest, attributes);
  const isPlain = dest === '' && Object.keys(attributes).length === 0;
  if (isPlain && /^(image|docker)$/.test(type)) return undefined;
  throw new ValueError(
    `output of type ${type}: files are written to a folder (type=local) or an archive (type=tar), and an image is the engine's`,
  );
}

function attribute(field: string): [key: string, value: string] {
  const [key, value] = cut(field, '=');
  if (value === undefined) throw new ValueError(`invalid value ${field}`);
  return [key.trim().toLowerCase(), value];
}

function placed(type: Export['type'], path: string, attributes: Export['attributes']): Export {
  if (path === '') throw new ValueError(`dest is required for ${type} output`);
  if (path === '-')
    throw new ValueError(`standard output, which gulp writes to itself, takes no files: name a file, dest=…`);
  if ('mode' in attributes) throw new ValueError('mode= of an output is not supported: what is there stays');
  return { type, path, attributes };
}
