export { resolveEngineAddress, type AddressRequest } from './address.js';
export { openEngine, pingEngine, type OpenOptions } from './open.js';
export type { Engine, EngineAddress, EngineFacts } from './types.js';
