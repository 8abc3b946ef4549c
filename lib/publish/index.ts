export { assumedEcr, openEcr, type Ecr } from './ecr.js';
export { needsAws, planPublish, type PublishPlan, type PublishRequest } from './plan.js';
export { publishImage, type Published, type PublishOptions } from './publish.js';
