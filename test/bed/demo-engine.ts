import { baseImageArchive, loadBaseImages, type BaseImage } from './base-images.js';
import { anyEngine, type AnyEngine } from './machine-engine.js';

/**
 * What the demo needs on a fresh machine: the packages that are missing, an engine (the machine's own where one
 * answers, else a private one) and in it the base images.
 */
export async function demoEngine(images: readonly BaseImage[]): Promise<AnyEngine> {
  const [engine] = await Promise.all([anyEngine(), ...images.map(baseImageArchive)]);
  await loadBaseImages(engine.docker, images);
  return engine;
}
