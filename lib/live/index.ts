export { pathBelow, placeOfBind, planSync, type SyncPlan } from './plan.js';
export { beginSession, LiveSession, type SessionMark } from './session.js';
export { patternsOf } from './tree/rules.js';
