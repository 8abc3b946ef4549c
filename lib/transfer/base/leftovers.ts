import { callEngine } from '../../engine/call.js';
import { listImages, namesOf, untagImage } from '../../engine/image-names.js';
import { removeContainer, waitForContainer } from '../../engine/remove-container.js';
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
  const query = { filters: JSON.stringify({ label: [TEMPORARY_LABEL] }), all: '1' };
  const containers = await callEngine<ListedContainer[]>(engine, 'GET', '/containers/json', { query });
  for (const { Id, Labels, State } of containers) {
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

interface ListedContainer {
  Id: string;
  Labels?: Record<string, string> | null;
  State?: string;
}
