import type { Mark } from '../lib/build/graph/index.js';
import { layerSizes } from '../lib/engine/images/layer-sizes.js';
import type { Engine } from '../lib/engine/types.js';
import type { StoredImage } from '../lib/overview/index.js';
import { type BuiltInRun, builtInRun } from './built-in-run.js';
import type { TaskContext } from './context.js';
import type { ProjectGraph } from './project-graph.js';

/** What an engine has, by reference. */
export type StoredImages = ReadonlyMap<string, StoredImage>;

/** Bytes of each layer of an image, the lowest first, as far as they are known; by reference. */
export type LayerBytes = ReadonlyMap<string, readonly (number | undefined)[]>;

export async function askForLayerBytes(engine: Engine, stored: StoredImages): Promise<LayerBytes> {
  const asked = [...stored].map(
    async ([reference, { layers }]) =>
      [reference, await layerSizes(engine, reference, layers.length)] as const,
  );
  return new Map(await Promise.all(asked));
}

interface Pictured extends Pick<ProjectGraph, 'graph' | 'recipes'> {
  stored: StoredImages;
  bytes: LayerBytes;
}

/**
 * What a picture shows of each image: whether this run has rebuilt it, and how much of it is its own. It is added to `notes`,
 * which say it in words, and have for its size the sum of both.
 */
export async function marksOf(
  context: TaskContext,
  pictured: Pictured,
  notes: Map<string, string[]>,
): Promise<Map<string, Mark>> {
  const { formatBytes } = await import('../lib/report/index.js');
  const { sharedCount } = await import('../lib/overview/index.js');
  const { graph, recipes, stored, bytes } = pictured;
  const marks = new Map<string, Mark>();
  for (const [name, { image }] of recipes) {
    const found = stored.get(image.reference);
    if (!found) {
      marks.set(name, { state: 'missing' });
      continue;
    }
    const bases = basesOf(name, pictured);
    const counts = bases.map(({ layers }) => sharedCount(found.layers, layers));
    const share = shareOf(bytes.get(image.reference) ?? [], Math.max(0, ...counts));
    const { state, sentence } = stateOf(name, found, builtInRun(context).get(image.reference), pictured);
    marks.set(name, { ...(state && { state }), ...(share && { bytes: share }) });
    const isBased = (graph.needs.get(name) ?? []).length > 0;
    const said = notes.get(name) ?? [];
    notes.set(name, [...(share ? withShare(said, share, { formatBytes, isBased }) : said), ...sentence]);
  }
  return marks;
}

/** A store may need more for an image than its layers have: containerd's keeps them packed, too. */
function withShare(
  [, ...others]: readonly string[],
  { shared, own }: { shared: number; own: number },
  { formatBytes, isBased }: { formatBytes: (bytes: number) => string; isBased: boolean },
): string[] {
  const words = `${formatBytes(shared)} shared, ${formatBytes(own)} own`;
  return [formatBytes(shared + own), ...others, ...(isBased ? [words] : [])];
}

/** What an image is built from, as far as the engine has it. */
function basesOf(name: string, { graph, recipes, stored }: Pictured): (StoredImage & { name: string })[] {
  return (graph.needs.get(name) ?? []).flatMap((need) => {
    const base = stored.get(recipes.get(need.image)?.image.reference ?? '');
    return base ? { name: need.image, ...base } : [];
  });
}

/** @param shared how many of the lowest layers are those of what it is built from */
function shareOf(sizes: readonly (number | undefined)[], shared: number): Mark['bytes'] {
  const known = sizes.filter((size) => size !== undefined);
  if (known.length === 0 || known.length < sizes.length) return undefined;
  const sum = (some: readonly number[]) => some.reduce((all, size) => all + size, 0);
  return { shared: sum(known.slice(0, shared)), own: sum(known.slice(shared)) };
}

/** What this run did to an image, else whether it may be behind the times. */
function stateOf(
  name: string,
  { created }: StoredImage,
  built: BuiltInRun | undefined,
  pictured: Pictured,
): { state?: Mark['state']; sentence: string[] } {
  if (built && built.steps === built.of) return { state: 'cached', sentence: ['all from the cache'] };
  if (built)
    return { state: 'rebuilt', sentence: [`rebuilt: ${built.of - built.steps} of ${built.of} steps`] };
  const newer = basesOf(name, pictured).filter((base) => created && base.created && base.created > created);
  if (newer.length === 0) return { sentence: [] };
  return { state: 'old', sentence: [`older than ${newer.map((base) => base.name).join(' and ')}`] };
}
