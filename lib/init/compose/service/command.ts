import { isRecord } from '../../../text/record.js';
import { splitWords, WordError } from '../../../text/shell-words.js';
import { NotCarried } from '../not-carried.js';
import type { Target } from '../target.js';
import { scalar } from '../values.js';

/**
 * `entrypoint` and `command` of a service: the first word of an entrypoint is `--entrypoint`, what is behind it comes before
 * the command, as `docker run` has it.
 */
export function commandAndEntrypoint({ entrypoint, command }: Record<string, unknown>, to: Target): void {
  const started = entrypoint ?? undefined;
  to.at('entrypoint').attempt((target) => {
    if (started === undefined) return;
    const [program = ''] = words(started);
    target.flag('entrypoint', program);
  });
  to.at('command').attempt((target) => {
    const arguments_ = started === undefined ? [] : words(started).slice(1);
    const all = [...arguments_, ...(command === undefined || command === null ? [] : words(command))];
    if (all.length > 0) target.add('cmd', ...all.map((word) => target.literal(word)));
  });
}

function words(value: unknown): string[] {
  if (Array.isArray(value)) return value.map(scalar);
  if (isRecord(value)) throw new NotCarried('is not of a form that compose has for it');
  try {
    return splitWords([{ text: scalar(value), line: 1 }]).map(({ text }) => text);
  } catch (error) {
    if (error instanceof WordError) throw new NotCarried(error.message);
    throw error;
  }
}
