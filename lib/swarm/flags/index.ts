/**
 * `docker service create` flags as the Engine API takes them: `gulp-dockerutils/service-flags`.
 *
 * {@link parseService} turns words into the request that the docker CLI would make, without a docker CLI, a swarm or
 * any other part of this package; {@link serviceOfRun} says flags of `docker run` as flags of a service; {@link commandLine}
 * prints words so that a shell takes them back.
 *
 *     import { parseService } from 'gulp-dockerutils/service-flags';
 *
 *     const { spec } = parseService({
 *       flags: ['--name', 'web', '--replicas', '3', '-p', '8080:80', '--update-order', 'start-first'],
 *       image: 'nginx:1.27',
 *     });
 *     // POST /services/create
 */
export { commandLine, shellQuote } from '../../text/command-line.js';
export { FlagError, type FlagErrorCode } from '../../text/flag-error.js';
export type { Host } from '../../flags/container/host.js';
export type * from './service-spec.js';
export {
  parseService,
  parseServiceLine,
  type ServiceClient,
  type ServiceOptions,
  type ServiceRequest,
  type ServiceWords,
} from './parse-service.js';
export type { Ids } from './references.js';
export { serviceOfRun, type ServiceOfRun } from './of-run/service-of-run.js';
