import type { Domain } from 'node:domain';
import { unlessEmitted } from '../lib/system/unless-emitted.js';

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Node's types lack it.
  namespace NodeJS {
    interface Process {
      domain?: Domain | null;
    }
  }
}

/**
 * Carries out work outside of the domain in which gulp starts a task: inside, Node follows each promise, which takes a
 * build or a transfer a third more of the processor. As in a domain, the task fails with what is thrown beside its work,
 * where no promise passes it on.
 */
export function outsideDomain<Result>(work: () => Promise<Result>): Promise<Result> {
  if (!process.domain) return work();
  return unlessEmitted(
    () => startedOutside(work),
    'uncaughtException',
    (error) => error,
  );
}

/** A task within a series is in the domains of both. */
function startedOutside<Result>(work: () => Promise<Result>): Promise<Result> {
  const left: Domain[] = [];
  for (let { domain } = process; domain; { domain } = process) {
    left.push(domain);
    domain.exit();
  }
  try {
    return work();
  } finally {
    for (const domain of left.reverse()) domain.enter();
  }
}
