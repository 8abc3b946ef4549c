import type { SwarmTask } from '../../engine/swarm/tasks.js';
import { formatDuration } from '../../report/format.js';
import { saidLast } from '../../text/last-lines.js';
import { UserError } from '../../text/user-error.js';
import { causeOf } from '../task-cause.js';

/** What made a deployment fail. */
export interface Cause {
  task: SwarmTask;
  /** `web.2 on node-3` */
  where: string;
  /** Lines that it wrote last. */
  last: readonly string[];
}

/** @param then what has become of the service */
export function deployFailed(name: string, cause: Cause | undefined, then: string): UserError {
  if (!cause) return new UserError('DEPLOY_FAILED', `${name} could not be deployed: ${then}.`);
  const { task, where, last } = cause;
  const said = task.Status.State === 'rejected' && last.length === 0 ? '' : saidLast(last, 'the task');
  return new UserError('DEPLOY_FAILED', `${where} ${causeOf(task)}, and ${then}${said}`);
}

export function deployTooSlow(
  name: string,
  timeout: number,
  waiting: readonly string[],
  then: string,
): UserError {
  const why = waiting.length === 0 ? '' : ` (${waiting.join('; ')})`;
  return new UserError(
    'DEPLOY_TIMEOUT',
    `${name} did not run within ${formatDuration(timeout)}${why}: ${then}; --timeout gives it more time.`,
  );
}

export function serviceGone(name: string): UserError {
  return new UserError('DEPLOY_FAILED', `${name} was removed from the swarm by somebody else meanwhile.`);
}
