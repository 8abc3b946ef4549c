import { inspectImage } from '../engine/images/inspect.js';
import type { Engine } from '../engine/types.js';
import { printableLine } from '../text/printable.js';

/** What an engine says of an image that it has. */
export interface StoredImage {
  /** Bytes, as the engine counts them. */
  size: number;
  /** When it was built; undefined where the image does not say. */
  created?: Date;
  /** Its label `org.opencontainers.image.version`. */
  version?: string;
  /** Diff IDs of its layers: the same on every engine, whereas its ID depends on how the engine keeps images. */
  layers: readonly string[];
}

/**
 * Asks an engine for images, side by side.
 *
 * @returns those that it has, by reference
 */
export async function askForImages(
  engine: Engine,
  references: readonly string[],
): Promise<Map<string, StoredImage>> {
  const found = new Map<string, StoredImage>();
  await Promise.all(
    references.map(async (reference) => {
      const image = await inspect(engine, reference);
      if (image) found.set(reference, image);
    }),
  );
  return found;
}

/** Whether two engines have the same image. */
export function isSameImage(one: StoredImage, other: StoredImage): boolean {
  const identity = ({ layers, created, version }: StoredImage) =>
    JSON.stringify([layers, created?.getTime(), version]);
  return identity(one) === identity(other);
}

async function inspect(engine: Engine, reference: string): Promise<StoredImage | undefined> {
  const answer = await inspectImage(engine, reference);
  if (!answer) return undefined;
  const created = new Date(answer.Created ?? '');
  const version = answer.Config?.Labels?.['org.opencontainers.image.version'];
  return {
    size: answer.Size,
    // An image without a date comes with the first second of Go's calendar, one of a reproducible build with 1970.
    ...(created.getFullYear() > 1970 && { created }),
    ...(version !== undefined && { version: printableLine(version) }),
    layers: answer.RootFS?.Layers ?? [],
  };
}
