export { nothingComesBack } from './back/which.js';
export { pathBelow, placeOfBind, planSync, type SyncPlan } from './plan.js';
export { beginSession, LiveSession, type SessionMark, type SessionSpec } from './session.js';
export type { RoundsSpec } from './rounds.js';
export { patternsOf } from './tree/rules.js';
