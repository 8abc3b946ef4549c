import type { SyncCount } from './session/file-sync.js';

/** What became of one request to build. */
export interface Outcome {
  /** Empty where there is no image. */
  id: string;
  /** What the engine tells of the image, by BuildKit's names. */
  told: Readonly<Record<string, string>>;
  /** Steps that came from the cache, of all that could. */
  cached: { steps: number; of: number };
  /** What travelled to the engine. */
  sent: SyncCount;
}
