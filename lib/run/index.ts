export { carryOutRun, type RunResult } from './carry-out.js';
export { linesOfRun, planRun, type RunPlan, type RunRequest } from './plan.js';
export type { RunMeans, RunStreams } from './means.js';
export { groupOf } from './labels.js';
export type { Company, RunOptions } from './words.js';
