import { isRefusal } from './client/errors.js';
import { listed } from './client/listed.js';
import { anything, list, mapOf, object, optional, type Shaped, text } from './client/shape.js';
import type { Engine } from './types.js';

const LISTED = object({ Name: text, Labels: optional(mapOf(text)) });

export type ListedVolume = Shaped<typeof LISTED>;

export async function createVolume(
  engine: Engine,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<void> {
  await engine.client.json('POST', '/volumes/create', anything, { body: { Name: name, Labels: labels } });
}

export async function labelledVolumes(engine: Engine, label: string): Promise<ListedVolume[]> {
  const query = { filters: JSON.stringify({ label: [label] }) };
  const answer = object({ Volumes: optional(list(LISTED)) });
  return (await listed(() => engine.client.json('GET', '/volumes', answer, { query }))).Volumes ?? [];
}

/** Removes a volume. @returns false where a container has it; one that is gone already is no failure */
export async function removeVolume(engine: Engine, name: string): Promise<boolean> {
  try {
    await engine.client.json('DELETE', `/volumes/${encodeURIComponent(name)}`, anything);
    return true;
  } catch (error) {
    if (isRefusal(error, 404)) return true;
    if (isRefusal(error, 409)) return false;
    throw error;
  }
}
