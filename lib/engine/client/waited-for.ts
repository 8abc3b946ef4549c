import { formatDuration } from '../../report/format.js';
import type { EngineAddress } from '../connect/host.js';

/** What an engine is asked to do, in words, by method and path. */
const IN_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^POST \/images\/load$/, 'take the image'],
  [/^POST \/images\/create$/, 'pull the image'],
  [/^POST \/images\/.*\/push$/, 'push the image'],
  [/^GET \/images\/.*\/get$/, 'give the image away'],
  [/^POST \/build$/, 'begin the build'],
  [/^POST \/commit$/, 'make the image'],
];

/** What is waited for while a request is not answered: `take the image`. */
export function waitedFor(request: string): string {
  const [, words] = IN_WORDS.find(([pattern]) => pattern.test(request)) ?? [];
  return words ?? `answer ${request.replace(/\b([0-9a-f]{12})[0-9a-f]{52}\b/, '$1')}`;
}

/** Whether the screen tells what is waited for once the engine has begun: a step of a build, and since when it runs. */
export function isShownAsItGoes(request: string): boolean {
  return request === 'POST /build';
}

/** The line that tells of an engine that is there, and says nothing. */
export function stillWaiting({ url }: EngineAddress, what: string, silence: number): string {
  return `still waiting for the engine at ${url} to ${what}: not a word for ${formatDuration(silence)} (Ctrl-C ends it)`;
}
