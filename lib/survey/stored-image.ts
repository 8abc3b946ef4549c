import { callEngine, statusOf } from '../engine/call.js';
import type { Engine } from '../engine/types.js';

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

interface ImageAnswer {
  Size: number;
  Created?: string;
  Config?: { Labels?: Record<string, string> | null } | null;
  RootFS?: { Layers?: string[] | null };
}

async function inspect(engine: Engine, reference: string): Promise<StoredImage | undefined> {
  let answer: ImageAnswer;
  try {
    answer = await callEngine<ImageAnswer>(engine, 'GET', `/images/${reference}/json`);
  } catch (error) {
    if (statusOf(error) === 404) return undefined;
    throw error;
  }
  const created = new Date(answer.Created ?? '');
  const version = answer.Config?.Labels?.['org.opencontainers.image.version'];
  return {
    size: answer.Size,
    // An image without a date comes with the first second of Go's calendar, one of a reproducible build with 1970.
    ...(created.getFullYear() > 1970 && { created }),
    ...(version !== undefined && { version }),
    layers: answer.RootFS?.Layers ?? [],
  };
}
