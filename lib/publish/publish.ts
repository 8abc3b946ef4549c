import type { Engine } from '../engine/types.js';
import type { Report } from '../report/types.js';
import { UserError } from '../user-error.js';
import type { Destination } from './destination.js';
import type { PublishPlan } from './plan.js';
import { push, type Pushed } from './push.js';

export interface PublishOptions {
  /** Value of the X-Registry-Auth header for a registry, by its host. */
  authFor: (registry: string) => Promise<string>;
  signal?: AbortSignal;
}

export interface Published {
  reference: string;
  /** Of the manifest, read back from the registry. */
  digest: string;
}

/**
 * Tags and pushes an image to each destination of its plan, one after the other, so that a later one finds the layers
 * of the earlier one; each is read back from its registry.
 *
 * @throws {UserError} `IMAGE_NOT_BUILT`, `PUSH_FAILED`, `PUSH_UNPROVEN`
 */
export async function publishImage(
  plan: PublishPlan,
  engine: Engine,
  report: Report,
  { authFor, signal }: PublishOptions,
): Promise<Published[]> {
  await checkBuilt(plan.source, engine);
  for (const command of plan.commands) report.command(command);
  const published: Published[] = [];
  for (const destination of plan.destinations) {
    const { reference, repository, tag, registry } = destination;
    if (reference !== plan.source) await engine.docker.getImage(plan.source).tag({ repo: repository, tag });
    const activity = report.activity(`push ${reference}`);
    try {
      const auth = await authFor(registry);
      const pushed = await push(engine, destination, { auth, activity, signal });
      await prove(destination, pushed, engine, auth);
      activity.done(`published ${reference}@${pushed.digest}`);
      published.push({ reference, digest: pushed.digest });
    } catch (error) {
      activity.failed();
      throw error;
    }
  }
  return published;
}

async function checkBuilt(source: string, { docker }: Engine): Promise<void> {
  try {
    await docker.getImage(source).inspect();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    throw new UserError('IMAGE_NOT_BUILT', `There is no image ${source} to publish: build it first.`, {
      cause: error,
    });
  }
}

/** Asks the registry, through the engine (which has its certificates), for what the tag points to now. */
async function prove(
  { reference }: Destination,
  { digest }: Pushed,
  { docker }: Engine,
  auth: string,
): Promise<void> {
  const answer = await new Promise<{ Descriptor?: { digest?: string } }>((resolve, reject) => {
    docker.modem.dial(
      {
        path: `/distribution/${reference}/json`,
        method: 'GET',
        headers: { 'X-Registry-Auth': auth },
        statusCodes: { 200: true },
      },
      (error: Error | null, answer: unknown) => (error ? reject(error) : resolve(answer as never)),
    );
  });
  const found = answer.Descriptor?.digest;
  if (found !== digest)
    throw new UserError(
      'PUSH_UNPROVEN',
      `${reference} was pushed as ${digest}, but the registry answers with ${found ?? 'nothing'}: publish it again.`,
    );
}
