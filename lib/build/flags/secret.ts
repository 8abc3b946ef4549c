import { readCsv } from '../../flags/csv.js';
import { cut } from '../../flags/key-value.js';
import { ValueError } from '../../text/flag-error.js';

/** A `--secret` value. Neither file nor variable: the secret is where its id says. */
export interface SecretFlag {
  id: string;
  file?: string;
  env?: string;
}

/** `id=token[,src=path|,env=NAME][,type=file|env]`. */
export function readSecret(text: string): SecretFlag {
  const fields = readFields(text);
  const type = fields.get('type');
  if (type !== undefined && type !== 'file' && type !== 'env') {
    throw new ValueError(`unsupported secret type "${type}"`);
  }
  const [id = '', file, env] = ['id', 'file', 'env'].map((name) => fields.get(name) || undefined);
  if (id === '') throw new ValueError('secret missing ID');
  if (type === 'env' && env === undefined) return { id, env: file ?? id };
  return { id, ...(env === undefined ? file !== undefined && { file } : { env }) };
}

function readFields(text: string): Map<string, string> {
  const fields = new Map<string, string>();
  for (const field of readCsv(text)) {
    const [key, value] = cut(field, '=');
    if (value === undefined) throw new ValueError(`invalid field '${field}' must be a key=value pair`);
    const name = NAMES.get(key.toLowerCase());
    if (name === undefined) throw new ValueError(`unexpected key '${key}' in '${field}'`);
    fields.set(name, value);
  }
  return fields;
}

const NAMES = new Map([
  ['type', 'type'],
  ['id', 'id'],
  ['source', 'file'],
  ['src', 'file'],
  ['env', 'env'],
]);
