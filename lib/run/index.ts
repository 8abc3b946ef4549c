export { carryOutRun, type RunContext, type RunResult } from './carry-out.js';
export { planRun, type RunPlan, type RunRequest } from './plan.js';
export type { Credentials } from './pull.js';
export type { RunStreams } from './streams.js';
export type { RunOptions } from './words.js';
