export { carryOutBeside } from './beside.js';
export type { ServiceGroup } from './group.js';
export { keptServices } from './kept.js';
export { keptName } from './names.js';
export { companyOf, longestStop, planServices, type ServicesRequest } from './plan.js';
export { reachableUnseen, renderServices } from './render.js';
export type { Client, ServiceMeans, ServicesPlan } from './types.js';
