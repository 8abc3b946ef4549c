import { labelledContainers } from '../../engine/containers/list.js';
import { removeContainer, waitForContainer } from '../../engine/containers/remove.js';
import { listImages, namesOf, untagImage } from '../../engine/images/names.js';
import type { Engine } from '../../engine/types.js';
import { TEMPORARY_LABEL, TEMPORARY_REPOSITORY, transferIdOf } from './temporary-names.js';

/** Milliseconds that a container may take to end whose owner has gone: the engine may still be at its load. */
const ENDING = 20_000;

/** Removes from an engine the containers and images that transfers made there, of those that `isLeftover` says yes to. */
export async function removeLeftovers(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  await removeTemporaryContainers(engine, isLeftover);
  await removeTemporaryImages(engine, isLeftover);
}

/**
 * One that still runs is about to end, since its input has ended; were it cut off, the engine would name the image of
 * its load at some later time.
 */
async function removeTemporaryContainers(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  for (const { Id, Labels, State } of await labelledContainers(engine, TEMPORARY_LABEL)) {
    if (!isLeftover(Labels?.[TEMPORARY_LABEL] ?? '')) continue;
    if (State === 'running') await waitForContainer(engine, Id, 'not-running', ENDING);
    await removeContainer(engine, Id);
  }
}

async function removeTemporaryImages(engine: Engine, isLeftover: (id: string) => boolean): Promise<void> {
  for (const image of await listImages(engine, { reference: [TEMPORARY_REPOSITORY] })) {
    for (const name of namesOf(image)) {
      if (isLeftover(transferIdOf(name) ?? '')) await untagImage(engine, name);
    }
  }
}
