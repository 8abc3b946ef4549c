import { isRefusal } from '../engine/client/errors.js';
import type { EngineMessage } from '../engine/client/messages.js';
import { matching, object } from '../engine/client/shape.js';
import { EngineStreamError, layerMessages } from '../engine/images/layer-activity.js';
import type { Engine } from '../engine/types.js';
import type { Activity } from '../report/types.js';
import type { Destination } from './destination.js';
import { Refusal } from './refusal.js';

export interface RegistryCall {
  engine: Engine;
  /** Value of the X-Registry-Auth header. */
  auth: string;
  signal: AbortSignal;
}

/**
 * Pushes one reference that the engine has, once.
 *
 * @returns the digest of its manifest
 * @throws {Refusal} with the registry's own words; UserError where the engine cannot be reached any more
 */
export async function push(
  { repository, tag }: Destination,
  activity: Activity,
  call: RegistryCall,
): Promise<string> {
  return byRegistry(async () => {
    const stream = call.engine.client.messages('POST', `/images/${repository}/push`, {
      query: { tag },
      headers: { 'X-Registry-Auth': call.auth },
      signal: call.signal,
    });
    const waiting = new Set<string>();
    let digest: string | undefined;
    for await (const message of layerMessages(stream, activity)) {
      tellOfRetry(message, waiting, activity);
      tellOfPlatforms(message, activity);
      digest = /\bdigest: (sha256:[0-9a-f]{64}) size: \d+/.exec(message.status ?? '')?.[1] ?? digest;
    }
    if (digest === undefined) throw new Refusal('the engine ended the push without a word');
    return digest;
  });
}

/**
 * Asks the registry, through the engine (which has its certificates), for what a reference points to.
 *
 * @returns the digest of the manifest
 * @throws {Refusal} with the registry's own words; UserError where the engine cannot be reached any more
 */
export async function readDigest({ reference }: Destination, call: RegistryCall): Promise<string> {
  return byRegistry(async () => {
    const options = { headers: { 'X-Registry-Auth': call.auth }, signal: call.signal };
    const path = `/distribution/${reference}/json`;
    return (await call.engine.client.json('GET', path, DISTRIBUTION, options)).Descriptor.digest;
  });
}

const DISTRIBUTION = object({
  Descriptor: object({ digest: matching(/^sha256:[0-9a-f]{64}$/, 'a digest') }),
});

/** What an engine refuses of a push, it refuses in the registry's name. */
async function byRegistry<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof EngineStreamError) throw new Refusal(error.message);
    if (isRefusal(error)) throw new Refusal(error.sentence);
    throw error;
  }
}

/** Behind a graph driver the engine itself tries a layer again, and counts down the seconds until then. */
function tellOfRetry({ id = '', status = '' }: EngineMessage, waiting: Set<string>, activity: Activity) {
  const [, wait] = /^Retrying in (\d+ seconds?)$/.exec(status) ?? [];
  if (wait === undefined) return void waiting.delete(id);
  if (!waiting.has(id))
    activity.line(`${id}: the registry did not take it; the engine tries again in ${wait}`);
  waiting.add(id);
}

/** Engines from 28 on push what they have of an image for several platforms, where they do not have all of it. */
function tellOfPlatforms({ aux }: EngineMessage, activity: Activity) {
  if (!aux?.manifestPushedInsteadOfIndex) return;
  const { os, architecture, variant } = aux.selectedManifest?.platform ?? {};
  const platform = [os, architecture, variant].filter(Boolean).join('/');
  activity.line(
    `the engine does not have all platforms of the image: only ${platform || 'its own'} is published`,
  );
}
