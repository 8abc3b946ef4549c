export { planStart, type StartFile, type StartPlan } from './plan-start.js';
export { type ProjectFacts, readProject } from './read-project.js';
export { writeStart } from './write-start.js';
