/**
 * `docker run` flags as the Engine API takes them: `gulp-dockerutils/run-flags`.
 *
 * {@link parseRun} turns words into the request that the docker CLI would make, without a docker CLI, an engine or
 * any other part of this package; {@link commandLine} prints words so that a shell takes them back.
 *
 *     import { parseRun } from 'gulp-dockerutils/run-flags';
 *
 *     const { body, query, client } = parseRun({
 *       flags: ['--rm', '-p', '8080:80', '-v', './site:/usr/share/nginx/html:ro'],
 *       image: 'nginx:1.27',
 *     });
 *     // POST /containers/create?name=…, then attach, start and wait as `client` says
 */
export { commandLine, shellQuote } from '../../text/command-line.js';
export { FlagError, type FlagErrorCode } from '../../text/flag-error.js';
export type { Proxies } from '../../flags/proxies.js';
export type * from './create-container-body.js';
export type { Host } from '../../flags/container/host.js';
export {
  parseRun,
  parseRunLine,
  type RunClient,
  type RunOptions,
  type RunRequest,
  type RunWords,
} from './parse-run.js';
