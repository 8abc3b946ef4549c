export { carryOutDeploy, type DeployMeans } from './deploy/carry-out.js';
export { type Draft, draftService } from './deploy/draft.js';
export { type DeployPlan, planDeploy } from './deploy/plan.js';
export { carryOutRollBack, planRollBack } from './deploy/roll-back.js';
export {
  imageNamesOf,
  type SurveyedNode,
  type SurveyedService,
  surveyNode,
  surveyServices,
} from './survey.js';
