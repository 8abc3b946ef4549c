import type { Means } from '../../engine/means.js';
import { findService, rollBackService, type SwarmService } from '../../engine/swarm/services.js';
import type { Activity } from '../../report/types.js';
import { commandLine } from '../../text/command-line.js';
import { isRecord } from '../../text/record.js';
import type { UserError } from '../../text/user-error.js';
import { lastLines } from '../task-lines.js';
import { type Cause, deployFailed, deployTooSlow, serviceGone } from './failures.js';
import { follow, type Followed, placeOf, type Result, waitingFor } from './follow.js';
import type { Course } from './judge.js';

/** What a service is on its way to. */
export function courseOf({ Spec, UpdatedAt }: SwarmService, nodes: number): Course {
  const { TaskTemplate: task } = Spec.whole;
  return {
    task: isRecord(task) ? task : {},
    ...(Spec.replicas !== undefined && { replicas: Spec.replicas }),
    nodes,
    since: UpdatedAt,
  };
}

/** Follows a service; whoever interrupts that hears what goes on without this process. */
export async function followOrTell(
  followed: Followed,
  activity: Activity,
  { report, signal }: Pick<Means, 'report' | 'signal'>,
): Promise<Result> {
  try {
    return await follow(followed, activity, signal);
  } catch (error) {
    if (signal.aborted) {
      const { name, manager } = followed;
      const look = commandLine(['docker', ...manager.address.cliFlags, 'service', 'ps', name]);
      report.warn(`The swarm goes on with ${name} by itself: ${look} shows how far it is.`);
    }
    throw error;
  }
}

/**
 * Makes a service what it was before its last change, and follows it there.
 *
 * @param having how many nodes have the image that it had
 */
export async function goBack(
  service: Omit<Followed, 'course' | 'hold'>,
  having: number,
  activity: Activity,
  means: Pick<Means, 'report' | 'signal'>,
): Promise<{ followed: Followed; result: Result; tty: boolean }> {
  const { manager, id, name } = service;
  await rollBackService(manager, id);
  const found = await findService(manager, id);
  if (!found) throw serviceGone(name);
  const followed = { ...service, course: { ...courseOf(found, having), back: true }, hold: 0 };
  return { followed, result: await followOrTell(followed, activity, means), tty: found.Spec.tty };
}

/** The task that failed first, and what it wrote last. */
export async function causeIn(
  { failed }: Result,
  followed: Followed,
  { tty }: { tty: boolean },
  signal: AbortSignal,
): Promise<Cause | undefined> {
  if (!failed) return undefined;
  const last = await lastLines(followed.manager, failed.ID, { framed: !tty, signal });
  return { task: failed, where: placeOf(failed, followed), last };
}

/** @param then what has become of the service */
export function failureOf(
  { outcome, tasks, lost }: Result,
  followed: Followed,
  cause: Cause | undefined,
  then: string,
): UserError {
  const { name, timeout } = followed;
  return outcome === 'late' && !cause
    ? deployTooSlow(
        name,
        timeout,
        [...lost.map((node) => `${node} was lost meanwhile`), ...waitingFor(tasks, followed)],
        then,
      )
    : deployFailed(name, cause, then);
}
