import { labelledContainers } from '../../engine/containers/list.js';
import { removeContainer, waitForContainer } from '../../engine/containers/remove.js';
import { listImages, namesOf, untagImage } from '../../engine/images/names.js';
import type { Engine } from '../../engine/types.js';
import { TEMPORARY_LABEL, TEMPORARY_REPOSITORY, transferIdOf } from './temporary-names.js';

/** Milliseconds that a container may take to end whose owner has gone: the engine may still be at its load. */
const ENDING = 20_000;

/**
 * Removes the temporary containers and images, and lets go of the files, of those transfers for which `isLeftover` returns true, from one
 * engine.
 */
export async function removeLeftovers(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  if (engine.content) await engine.content.release(isLeftover);
  else await removeTemporaryContainers(engine, isLeftover);
  await removeTemporaryImages(engine, isLeftover);
}

/**
 * A container that still runs is given time to end by itself, as it will now that its input has ended: if it were
 * killed in the middle of a load, the engine would finish that load later and create an image that nobody removes.
 */
async function removeTemporaryContainers(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  for (const { Id, Labels, State } of await labelledContainers(engine, TEMPORARY_LABEL)) {
    if (!isLeftover(Labels?.[TEMPORARY_LABEL] ?? '')) continue;
    if (State === 'running') await waitForContainer(engine, Id, 'not-running', ENDING);
    await removeContainer(engine, Id);
  }
}

async function removeTemporaryImages(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  for (const image of await listImages(engine, [TEMPORARY_REPOSITORY])) {
    for (const name of namesOf(image)) {
      if (isLeftover(transferIdOf(name) ?? '')) await untagImage(engine, name);
    }
  }
}
