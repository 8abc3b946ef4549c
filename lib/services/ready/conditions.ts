import {
  type Condition,
  type Dependency,
  type Image,
  type Readiness,
  readinessText,
} from '../../project/index.js';
import { UserError } from '../../text/user-error.js';
import { type Origin, placeOf } from '../../text/word.js';
import type { Need } from '../types.js';

/** What has to be so of dependencies. */
export function needsOf(dependsOn: readonly Dependency[]): Need[] {
  return dependsOn.map(({ name, condition }) => ({
    name,
    until: condition === 'service_started' ? 'started' : 'ready',
  }));
}

/**
 * When an image is ready: as its section says, or as those that depend on it do.
 *
 * @param wanted what is said of it in every `depends_on`
 * @throws {UserError} `BAD_CONDITION` where that makes no sense together
 */
export function readinessOf(image: Image, wanted: readonly Dependency[]): Readiness | undefined {
  const { ready } = image.service;
  const asks = (condition: Condition) => wanted.find((one) => one.condition === condition);
  const completed = asks('service_completed_successfully');
  const healthy = asks('service_healthy');
  if (completed) checkCompleted(image, completed);
  if (healthy && (completed || ready?.kind === 'exit'))
    throw refusal(healthy.origin, `${image.name} is to be healthy, and to end: leave out one of them`);
  if (ready) return ready;
  if (completed) return { kind: 'exit', status: 0 };
  return healthy ? { kind: 'healthy' } : undefined;
}

function checkCompleted({ name, service: { ready, reuse } }: Image, { origin }: Dependency): void {
  const own = (said: string) =>
    refusal(origin, `${name} is to complete, and its own section has ${said}: leave out one of them`);
  if (ready && ready.kind !== 'exit') throw own(`ready=${readinessText(ready)}`);
  if (reuse) throw own('reuse=True');
}

function refusal(origin: Origin | undefined, sentence: string): UserError {
  return new UserError('BAD_CONDITION', `${origin ? `${placeOf(origin)}: ` : ''}${sentence}`);
}
