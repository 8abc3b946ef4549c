import type { Report } from '../report/types.js';
import type { FindCredentials } from './credentials/types.js';
import type { Engine } from './types.js';

/**
 * What a plan is carried out with: `carryOut…(plan, means)`. An operation that needs more extends it, and one that needs
 * less picks from it, so that whoever has `Means` can carry out anything.
 */
export interface Means {
  /** The engine that the plan is for; whoever opened it closes it. */
  engine: Engine;
  report: Report;
  /** Ends the work early, and whoever does it cleans up first. */
  signal: AbortSignal;
  /** Where secrets, SSH_AUTH_SOCK and the docker configuration are looked up. */
  env: NodeJS.ProcessEnv;
  /** For registries. */
  credentials: FindCredentials;
}
