export { chooseContainer } from './choose.js';
export { type ExecChoice, execIn, hasTerminal } from './exec.js';
export { findContainers, listingWords, type Role } from './found.js';
export { showLogs } from './logs.js';
export { type ContainerState, stateOf } from './state.js';
export { stopContainers } from './stop.js';
export { renderRunning, type RunningRow } from './table.js';
