import { labelledContainers } from '../engine/containers/list.js';
import { removeContainer } from '../engine/containers/remove.js';
import type { Engine } from '../engine/types.js';
import { labelledVolumes, removeVolume } from '../engine/volumes.js';
import { readMark } from '../system/owner-mark.js';
import { FOREIGN_AGE } from '../system/process-mark.js';

/** Label of all that a live session makes; its value is the session's mark. */
export const LIVE_LABEL = 'gulp-dockerutils.live';

/**
 * Takes away what sessions have left whose process has gone: containers that follow nobody any more, and volumes.
 *
 * @returns how many containers that ran
 */
export async function removeLiveLeftovers(engine: Engine): Promise<number> {
  let ended = 0;
  for (const { Id, Labels, State } of await labelledContainers(engine, LIVE_LABEL)) {
    const runs = State === 'running';
    if (!isLeft(Labels?.[LIVE_LABEL], !runs)) continue;
    if (runs) ended++;
    await removeContainer(engine, Id);
  }
  for (const { Name, Labels } of await labelledVolumes(engine, LIVE_LABEL)) {
    if (isLeft(Labels?.[LIVE_LABEL], true)) await removeVolume(engine, Name);
  }
  return ended;
}

/** @param rests whether it may be another machine's that has ended: whether that machine still works cannot be asked */
function isLeft(label: string | undefined, rests: boolean): boolean {
  const mark = readMark(label ?? '');
  return mark?.ended ?? (mark !== undefined && rests && mark.age > FOREIGN_AGE);
}
