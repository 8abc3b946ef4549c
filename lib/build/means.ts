import type { Readable } from 'node:stream';
import type { Means } from '../engine/means.js';
import type { Activity } from '../report/types.js';
import type { BuildContext } from './build-context.js';

export interface BuildMeans extends Means {
  /** The files that are built from, where they are not the project's folder. */
  context?: BuildContext;
}

/** What one step of a build is carried out with. */
export interface StepMeans extends Means {
  context: BuildContext;
  /** The build's. */
  activity: Activity;
  /** Gets what was built as a tar archive, where the engine is to keep no image of it. */
  take?: (archive: Readable) => Promise<void>;
}
