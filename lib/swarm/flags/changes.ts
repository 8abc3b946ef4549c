import { filled } from './filled.js';
import type { ServiceFlags } from './service-flags.js';
import type { TaskRestartPolicy, UpdateConfig } from './service-spec.js';

const SECOND = 1_000_000_000;

/** How a new version, or with `rollback` the old one, takes the place of the tasks; undefined leaves the swarm's way. */
export function readUpdateConfig(flags: ServiceFlags, kind: 'update' | 'rollback'): UpdateConfig | undefined {
  const names = [
    `${kind}-parallelism`,
    `${kind}-delay`,
    `${kind}-monitor`,
    `${kind}-failure-action`,
    `${kind}-max-failure-ratio`,
    `${kind}-order`,
  ] as const;
  if (!names.some((name) => flags.has(name))) return undefined;
  return {
    Parallelism: flags.last(`${kind}-parallelism`) ?? 1,
    ...filled({
      Delay: flags.last(`${kind}-delay`),
      FailureAction: flags.last(`${kind}-failure-action`) ?? 'pause',
      Monitor: flags.last(`${kind}-monitor`) ?? 5 * SECOND,
    }),
    MaxFailureRatio: flags.last(`${kind}-max-failure-ratio`) ?? 0,
    Order: flags.last(`${kind}-order`) ?? 'stop-first',
  };
}

/** When a task that has ended is started anew; undefined leaves the swarm's way. */
export function readRestartPolicy(flags: ServiceFlags): TaskRestartPolicy | undefined {
  const window = flags.last('restart-window');
  const condition = flags.last('restart-condition') ?? 'any';
  const names = ['restart-condition', 'restart-delay', 'restart-max-attempts', 'restart-window'] as const;
  if (!names.some((name) => flags.has(name))) return undefined;
  return {
    ...filled({ Condition: condition }),
    Delay: flags.last('restart-delay') ?? 5 * SECOND,
    MaxAttempts: flags.last('restart-max-attempts') ?? 0,
    ...(window !== undefined && { Window: window }),
  };
}
