import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../engine/client/errors.js';
import { formatDuration } from '../report/format.js';
import type { Activity } from '../report/types.js';
import { removeLeftovers } from './base/leftovers.js';
import { isLeftover } from './base/temporary-names.js';
import { isConnectionLost } from './base/transfer-error.js';
import type { TransferPlan } from './base/types.js';
import type { Receiver } from './target/receiver.js';
import { TRIES, Tries } from './tries.js';

/**
 * Removes what a transfer, and earlier ones of the image, had on the target for a time. The image is there by now: a link
 * that is lost makes no failure of that, but is tried again, and what it keeps is left to the next transfer.
 */
export async function cleanUp(
  { source, target, reference }: TransferPlan,
  id: string,
  receiver: Receiver,
  { activity, signal }: { activity: Activity; signal: AbortSignal },
): Promise<void> {
  const tries = new Tries(source);
  for (;;) {
    try {
      await receiver.release();
      return await removeLeftovers(target, (other) => other === id || isLeftover(other, reference));
    } catch (error) {
      if (signal.aborted || !isConnectionLost(error)) throw error;
      const pause = tries.pauseAfter(error, 0);
      if (pause === undefined)
        return activity.line(`what was there for a time stays until the next transfer: ${reasonOf(error)}`);
      activity.line(
        `the image is there, but ${reasonOf(error)}; try ${tries.count} of ${TRIES} to clean up in ${formatDuration(pause)}`,
      );
      await sleep(pause, undefined, { signal });
    }
  }
}
