export { planFromCompose } from './compose/index.js';
export { planStart } from './plan-start.js';
export { type ProjectFacts, readProject } from './read-project.js';
export type { StartFile, StartPlan } from './start-plan.js';
export { writeStart } from './write-start.js';
