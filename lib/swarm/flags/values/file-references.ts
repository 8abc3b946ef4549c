import { readCsv } from '../../../flags/csv.js';
import { type IntegerType, readInteger } from '../../../flags/integer.js';
import { cut } from '../../../flags/key-value.js';
import { ValueError } from '../../../text/flag-error.js';
import { messageOf } from '../../../text/thrown.js';
import type { FileTarget } from '../service-spec.js';

/** A secret or config by its name, and the file of the containers that holds it. */
export interface FileReference {
  source: string;
  file: FileTarget;
}

const MODE: IntegerType = { bits: 32, signed: false };

/** `--secret`: a name, or `source=db,target=password,uid=0,gid=0,mode=0400`. */
export const readSecret = (text: string): FileReference => readReference(text, 'secret');

/** `--config`: a name, or `source=site,target=/etc/site.conf,uid=0,gid=0,mode=0444`. */
export const readConfig = (text: string): FileReference => readReference(text, 'config');

function readReference(text: string, kind: 'secret' | 'config'): FileReference {
  const fields = readCsv(text);
  const [only = ''] = fields;
  const file: FileTarget = { Name: '', UID: '0', GID: '0', Mode: 0o444 };
  if (fields.length === 1 && !only.includes('=')) return { source: only, file: { ...file, Name: only } };
  const reference: FileReference = { source: '', file };
  for (const field of fields) {
    const [key, value] = cut(field, '=');
    if (value === undefined || key === '')
      throw new ValueError(`invalid field '${field}' must be a key=value pair`);
    if (!setField(reference, key.toLowerCase(), value))
      throw new ValueError(`invalid field in ${kind} request: ${key}`);
  }
  if (reference.source === '') throw new ValueError('source is required');
  file.Name ||= reference.source;
  return reference;
}

function setField(reference: FileReference, key: string, value: string): boolean {
  const { file } = reference;
  if (key === 'source' || key === 'src') reference.source = value;
  else if (key === 'target') file.Name = value;
  else if (key === 'uid') file.UID = value;
  else if (key === 'gid') file.GID = value;
  else if (key === 'mode') file.Mode = readMode(value);
  else return false;
  return true;
}

function readMode(text: string): number {
  try {
    return readInteger(text, MODE);
  } catch (error) {
    throw new ValueError(`invalid mode specified: ${messageOf(error)}`);
  }
}
