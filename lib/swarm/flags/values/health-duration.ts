import { readDuration } from '../../../flags/duration.js';
import { ValueError } from '../../../text/flag-error.js';

/** Nanoseconds of a `--health-*`. */
export function readHealthDuration(text: string): number {
  const duration = readDuration(text);
  if (duration < 0) throw new ValueError('duration cannot be negative');
  return duration;
}
