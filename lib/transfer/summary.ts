import { formatBytes, formatDuration } from '../report/format.js';
import type { TransferPlan, TransferResult } from './base/types.js';

/** What a transfer has come to, in a line. */
export function summary(
  { reference, alreadyThere, layers }: TransferPlan,
  { layersSent, deltasSent, bytesSent, bytesGiven, elapsed }: TransferResult,
): string {
  if (alreadyThere !== undefined) return `${reference} is there already, nothing sent`;
  const deltas = deltasSent === 0 ? '' : `, ${deltasSent} of them as a delta`;
  const sent = `${layersSent} of ${layers.length} layers sent${deltas}`;
  const given = bytesGiven === 0 ? '' : ` and ${formatBytes(bytesGiven)} from another host`;
  return `${reference}, ${sent}, ${formatBytes(bytesSent)}${given} in ${formatDuration(elapsed)}`;
}
