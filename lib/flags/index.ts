export { commandLine, shellQuote } from './command-line.js';
export { FlagError, type FlagErrorCode } from './flag-error.js';
export { looksSecret, maskSecrets } from './secrets.js';
