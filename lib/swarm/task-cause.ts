import type { SwarmTask } from '../engine/swarm/tasks.js';

/** What went wrong with a task, in words: `ended with exit status 7`. */
export function causeOf({ Status: { State, Err = '', Message = '', ContainerStatus } }: SwarmTask): string {
  const said = (Err || Message).replace(/^task: /, '').replace(/^dockerexec: /, '');
  if (State === 'rejected') return `was rejected: ${said}`;
  if (/unhealthy/.test(said)) return 'was unhealthy, as its health check says';
  if (State === 'complete') return 'ended with exit status 0, though it is to run on';
  const status = ContainerStatus?.ExitCode ?? 0;
  return status === 0 ? `failed: ${said}` : `ended with exit status ${status}`;
}
