import { type BaseImage, baseImageArchive, loadBaseImages } from './base-images.js';
import { type AnyEngine, anyEngine, machineEngine } from './machine-engine.js';

/**
 * What the demo needs on a fresh machine: the packages that are missing, an engine (the machine's own where one
 * answers, else a private one) and in it the base images.
 */
export async function demoEngine(images: readonly BaseImage[]): Promise<AnyEngine> {
  // An engine has to be made: then the images are made beside it, which halves the time of the first run.
  const made = (await machineEngine()) ? [] : images.map(baseImageArchive);
  const [engine] = await Promise.all([anyEngine(), ...made]);
  await loadBaseImages(engine.docker, images);
  return engine;
}
