import { isRefusal } from '../engine/client/errors.js';
import { listImages, namesOf, removeImage } from '../engine/images/names.js';
import { changeLabels, listNodes } from '../engine/swarm/nodes.js';
import { listServices } from '../engine/swarm/services.js';
import type { Engine } from '../engine/types.js';
import type { Report } from '../report/types.js';
import { UserError } from '../text/user-error.js';
import { labelledImages, repositoryOf } from './image.js';

interface Contents {
  manager: Engine;
  /** Of all contents. */
  name: string;
  /** By the IDs of their nodes. */
  engines: ReadonlyMap<string, Engine>;
  /** References that stay although no service has them. */
  kept?: readonly string[];
}

/**
 * Removes what nodes have of older contents: all but those that a service runs, or goes back to. What cannot be removed now
 * is removed behind the next deployment.
 */
export async function removeOldContents(contents: Contents, report: Pick<Report, 'warn'>): Promise<void> {
  const { manager, name, engines } = contents;
  try {
    const kept = new Set([...(await neededImages(manager)), ...(contents.kept ?? [])]);
    const nodes = await listNodes(manager);
    for (const { id, labels } of nodes) {
      const old = labelledImages(labels).filter((image) => image.name === name && !kept.has(image.reference));
      if (old.length === 0) continue;
      await changeLabels(manager, id, Object.fromEntries(old.map(({ label }) => [label, undefined])));
    }
    // One that is lost would not answer.
    const there = nodes.flatMap(({ id, state }) => (state === 'ready' ? (engines.get(id) ?? []) : []));
    await Promise.all(there.map((engine) => removeFrom(engine, name, kept)));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    report.warn(`Older contents of ${name} stay for now: ${error.message}`);
  }
}

/** References of the images that services run, or go back to. */
async function neededImages(manager: Engine): Promise<ReadonlySet<string>> {
  const services = await listServices(manager);
  return new Set(services.flatMap(({ Spec, PreviousSpec }) => [Spec.image, PreviousSpec?.image ?? '']));
}

async function removeFrom(engine: Engine, name: string, kept: ReadonlySet<string>): Promise<void> {
  const images = await listImages(engine, [repositoryOf(name)]);
  for (const reference of images.flatMap(namesOf)) {
    if (kept.has(reference)) continue;
    // The swarm keeps containers of it that have ended for a while.
    await removeImage(engine, reference, { force: true }).catch((error: unknown) => {
      // A container of it still runs.
      if (!isRefusal(error, 409)) throw error;
    });
  }
}
