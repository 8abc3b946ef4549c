import { isRecord } from '../text/record.js';

/**
 * What a part of a service says, in one form: a swarm leaves out some of what is empty, writes out what it takes for
 * granted, and orders fields in its own way.
 */
export function essenceOf(value: unknown): string | undefined {
  return JSON.stringify(essence(value));
}

function essence(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(essence);
  if (!isRecord(value)) return value === 'default' ? undefined : value || undefined;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, essence(inner)] as const)
    .filter(([, inner]) => inner !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return entries.length === 0 ? undefined : entries;
}
