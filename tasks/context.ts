import type { Project } from '../lib/project/types.js';
import type { Report } from '../lib/report/types.js';
import type { Flag } from './flags.js';

/** Where a project's tasks get everything from that is not an option of theirs. */
export interface TaskContext {
  project: Project;
  env: NodeJS.ProcessEnv;
  /** The words after `gulp`, or none where a program calls the tasks. */
  argv: readonly string[];
  /** All flags of all tasks. */
  knownFlags: Record<string, Flag>;
  /** The report that all tasks of this process share. */
  openReport(dryRun: boolean): Promise<Report>;
}
