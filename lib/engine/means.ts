import type { Report } from '../report/types.js';
import type { FindCredentials } from './credentials/types.js';
import type { Engine } from './types.js';

/**
 * What a plan is carried out with: `carryOut…(plan, means)`. An operation that needs more extends it, and one that needs
 * less picks from it, so that whoever has `Means` can carry out anything.
 */
export interface Means {
  /** The engine that the plan is for. It is closed by the code that opened it. */
  engine: Engine;
  report: Report;
  /** Aborts the work; the operation cleans up before it rejects. */
  signal: AbortSignal;
  /** Where secrets, SSH_AUTH_SOCK and the docker configuration are looked up. */
  env: NodeJS.ProcessEnv;
  /** For registries. */
  credentials: FindCredentials;
}
