export { carryOutTransfer, carryOutTransfers, type CarryOutOptions } from './carry-out.js';
export { planTransfer, type TransferOptions } from './plan.js';
export { renderPlan, transferCommand } from './render.js';
export type { TransferPlan, TransferResult } from './types.js';
