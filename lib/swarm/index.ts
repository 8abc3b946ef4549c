export { carryOutDeploy, type DeployMeans } from './deploy/carry-out.js';
export { type Draft, draftService } from './draft/draft.js';
export { type DeployPlan, planDeploy } from './deploy/plan.js';
export { carryOutRollBack, planRollBack } from './deploy/roll-back.js';
export { nameOf, swarmImageOf } from './image.js';
export {
  imageNamesOf,
  type SurveyedNode,
  type SurveyedService,
  surveyNode,
  surveyServices,
} from './survey.js';
export { carryOutJob } from './jobs/carry-out.js';
export type { IndexResult } from './jobs/job-run.js';
export type { TrySink } from './jobs/output.js';
export { type JobCounts, planJob } from './jobs/plan.js';
export { type TaskLine, TaskLines } from './task-lines.js';
