export { assumedEcr, openEcr, type Ecr } from './ecr.js';
export { needsAws, planPublish, type PublishPlan, type PublishRequest } from './plan.js';
export { carryOutPublish, type Published, type PublishMeans } from './carry-out.js';
