import { isRecord } from '../../text/record.js';

/** The fields that say something: like the docker CLI, a request leaves out what is empty, zero or false. */
export function filled<T extends object>(fields: T): Partial<T> {
  const kept: Partial<T> = { ...fields };
  for (const [key, value] of Object.entries(fields)) {
    if (isEmpty(value)) Reflect.deleteProperty(kept, key);
  }
  return kept;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isRecord(value)) return Object.keys(value).length === 0;
  return value === undefined || value === '' || value === 0 || value === false;
}
