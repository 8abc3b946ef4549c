export { readCheckout } from './checkout.js';
export { computeVersion, type ComputeOptions } from './compute.js';
export { versionLabels, versionTag } from './labels.js';
export { toldVersion } from './told.js';
export {
  STYLES,
  type ProjectVersion,
  type Scheme,
  type Source,
  type Style,
  type VersionDictionary,
} from './types.js';
export { planVersionFile, VERSION_FILE, writeVersionFile, type VersionFilePlan } from './version-file.js';
export { versionFileWanted } from './version-task.js';
