export { carryOutTransfer, carryOutTransfers, type TransferMeans } from './carry-out.js';
export { planTransfer, type TransferOptions } from './plan/plan.js';
export { planWays, renderWays, type Ways } from './plan/ways.js';
export { renderNeeds, renderPlan, transferCommand } from './plan/render.js';
export type { TransferPlan, TransferResult } from './base/types.js';
