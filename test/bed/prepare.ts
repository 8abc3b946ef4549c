import { baseImageArchive, baseImageNames } from './base-images.js';
import { rootNames } from './packages.js';
import { suiteRoot } from './suite.js';

/**
 * Makes all that is slow to make, once on a machine.
 * @throws {Error} one sentence that says why this machine cannot have a test bed.
 */
export async function prepare(): Promise<void> {
  await Promise.all([...rootNames.map(suiteRoot), ...baseImageNames.map(baseImageArchive)]);
}
