import { formatDuration } from '../report/format.js';
import { saidLast } from '../text/last-lines.js';
import { UserError } from '../text/user-error.js';
import type { AwaitedService } from './types.js';

/** A service ended before it was ready, or with another status than it should. */
export function serviceEnded(
  { name, ready }: AwaitedService,
  status: number,
  last: readonly string[],
): UserError {
  const wanted = ready?.kind === 'exit' ? `, not ${ready.status}` : ' before it was ready';
  return new UserError('SERVICE_ENDED', `${name} ended with exit status ${status}${wanted}${saidLast(last)}`);
}

/** A service was not ready in time. */
export function serviceNotReady(
  { name, readyTimeout }: AwaitedService,
  ready: string,
  last: readonly string[],
): UserError {
  return new UserError(
    'SERVICE_NOT_READY',
    `${name} was not ready within ${formatDuration(readyTimeout)} (ready=${ready}); ready_timeout= gives it more time${saidLast(last)}`,
  );
}

export function serviceUnhealthy({ name }: AwaitedService, last: readonly string[]): UserError {
  return new UserError(
    'SERVICE_UNHEALTHY',
    `${name} is unhealthy, as its health check says${saidLast(last)}`,
  );
}

/** Nothing says when a service is healthy. */
export function noHealthCheck({ name, image }: AwaitedService): UserError {
  return new UserError(
    'NO_HEALTH_CHECK',
    `${name} is to be healthy, and ${image.reference} has no health check: say ready=port 5432 or the like in its ` +
      'section, or give it one by args=--health-cmd …',
  );
}
