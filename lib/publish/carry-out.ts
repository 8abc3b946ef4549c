import { setTimeout as sleep } from 'node:timers/promises';
import { encodeAuthHeader } from '../engine/credentials/auth-header.js';
import { inspectImage } from '../engine/images/inspect.js';
import { tagImage } from '../engine/images/names.js';
import { makerOf } from '../engine/makers/index.js';
import type { Means } from '../engine/means.js';
import type { Engine } from '../engine/types.js';
import { formatBytes, formatDuration } from '../report/format.js';
import type { Activity } from '../report/types.js';
import { UserError } from '../text/user-error.js';
import type { Destination } from './destination.js';
import type { PublishPlan } from './plan.js';
import { push, readDigest, type RegistryCall } from './push.js';
import { Refusal } from './refusal.js';

export interface PublishMeans extends Means {
  /** Makes what must be there before a push, such as the repository of a registry that does not make it by itself. */
  prepare?: (destination: Destination) => Promise<void>;
  /** Told of each destination when it has the image. */
  tell?: (published: Published) => void;
  /** Milliseconds to wait before each further try; as many further tries as there are entries. */
  backoff?: readonly number[];
}

export interface Published {
  reference: string;
  /** Digest of the manifest, read back from the registry. */
  digest: string;
}

const BACKOFF_MS = [1_000, 2_000, 4_000, 8_000, 16_000];

/**
 * Tags and pushes an image to each destination of its plan, one after the other, so that a later one finds the layers
 * of the earlier one; each is read back from its registry. A registry that is busy, or that cuts the connection, is
 * tried again after a while: what is up already is not sent again.
 *
 * @throws {UserError} `IMAGE_NOT_BUILT`, `PUSH_FAILED` with the registry's own words, `PUSH_UNPROVEN`
 */
export async function carryOutPublish(plan: PublishPlan, means: PublishMeans): Promise<Published[]> {
  const { engine, report, signal, credentials, prepare, tell, backoff } = means;
  const size = await builtSize(plan.source, engine);
  for (const command of plan.commands) report.command(command);
  const published: Published[] = [];
  for (const destination of plan.destinations) {
    const { reference, registry } = destination;
    const auth = encodeAuthHeader(await credentials(registry, 'push'));
    await prepare?.(destination);
    if (reference !== plan.source && !(await tagImage(engine, plan.source, reference)))
      throw notBuilt(plan.source);
    const started = performance.now();
    const activity = report.activity(`push ${reference}`);
    try {
      const call = { engine, auth, signal };
      const digest = await pushUntilItPasses(destination, activity, { call, backoff });
      const facts = `${formatBytes(size)}, in ${formatDuration(performance.now() - started)}`;
      activity.done(`published ${reference}@${digest}, ${facts}`);
      published.push({ reference, digest });
      tell?.({ reference, digest });
    } catch (error) {
      activity.failed();
      throw error;
    }
  }
  return published;
}

async function pushUntilItPasses(
  destination: Destination,
  activity: Activity,
  { call, backoff = BACKOFF_MS }: { call: RegistryCall; backoff?: readonly number[] },
): Promise<string> {
  for (let tries = 1; ; tries++) {
    try {
      return await pushAndProve(destination, activity, call);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const wait = backoff[tries - 1];
      if (!error.passing || wait === undefined) throw error.asUserError(destination, { tries });
      activity.line(`${error.message}; trying again in ${wait / 1000} s`);
      await sleep(wait, undefined, { signal: call.signal });
    }
  }
}

async function pushAndProve(
  destination: Destination,
  activity: Activity,
  call: RegistryCall,
): Promise<string> {
  const digest = await push(destination, activity, call);
  // The digest in what a push tells is that of a manifest which the registry has taken.
  if (!makerOf(await call.engine.facts()).asksRegistries) return digest;
  const found = await readDigest(destination, call);
  if (found === digest) return digest;
  throw new UserError(
    'PUSH_UNPROVEN',
    `${destination.reference} was pushed as ${digest}, but the registry has ${found} under that name: see who else ` +
      'publishes there, and publish it again.',
  );
}

/** Bytes of an image on the engine. */
async function builtSize(source: string, engine: Engine): Promise<number> {
  const image = await inspectImage(engine, source);
  if (image) return image.Size;
  throw notBuilt(source);
}

function notBuilt(source: string): UserError {
  return new UserError('IMAGE_NOT_BUILT', `There is no image ${source} to publish: build it first.`);
}
