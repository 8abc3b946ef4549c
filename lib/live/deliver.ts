import { join } from 'node:path';
import type { Engine } from '../engine/types.js';
import { codeOf } from '../text/thrown.js';
import { putLooseFile } from './loose-file.js';
import type { SyncedTree } from './plan.js';
import type { Owner } from './sidecar/operations.js';
import type { Sidecar } from './sidecar/sidecar.js';
import type { Step } from './tree/tree.js';
import { type Outcome, writeStep } from './write-step.js';

/** Where steps go. */
export interface Destination {
  engine: Engine;
  containerId: string;
  owner: Owner;
  /** Absent where all that is kept current are single files. */
  sidecar?: Sidecar;
}

/** Does in a container what a step of a tree says. @param patient as in {@link writeStep} */
export async function deliverStep(
  { source, to }: SyncedTree,
  step: Step,
  patient: boolean,
  destination: Destination,
): Promise<Outcome> {
  const from = join(source, step.path);
  if ('file' in to) return await putLoose(from, to.file, step, destination);
  const { sidecar } = destination;
  if (!sidecar) return 'done';
  const target = { root: to.volume, path: pathThere(to, step.path) };
  return await writeStep(step, { source: from, to: target, patient }, (bytes, isPiece) =>
    sidecar.write(bytes, isPiece),
  );
}

/** Of a single file the path there may be another one. */
export function pathThere({ path }: { path: string }, pathHere: string): string {
  return path === '' ? pathHere : path;
}

/** A single file that is taken away here stays there, as it would where it is mounted. */
async function putLoose(
  source: string,
  target: string,
  { kind }: Step,
  { engine, containerId, owner, sidecar }: Destination,
): Promise<Outcome> {
  if (kind === 'removal') return 'done';
  // The engine mounts all volumes for this, and in them there have to be the places for others.
  await sidecar?.settled();
  try {
    await putLooseFile(engine, containerId, { source, target, owner });
    return 'done';
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return 'done';
    throw error;
  }
}
