export { findProjectRoot } from './root.js';
export { type LoadOptions, loadProject } from './load.js';
export { checkImage, type DescribeOptions, describeImage, imageNames } from './describe.js';
export { type ResolvedValue, resolvedConfig, writeConfig } from './resolved-config.js';
export { needOfShell } from './doubtful-values.js';
export { type Environment, fillIn } from './replacement.js';
export { type KeyDefinition, type KeyName, type Operation, KEYS } from './keys.js';
export type { Image, Project } from './types.js';
