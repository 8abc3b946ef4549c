import { callEngine, reasonOf, statusOf, streamFromEngine } from '../engine/call.js';
import { engineLost } from '../engine/connect/dial.js';
import { EngineStreamError, layerMessages } from '../engine/layer-messages.js';
import type { EngineMessage } from '../engine/messages.js';
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
 * @throws Refusal with the registry's own words; UserError where the engine cannot be reached any more
 */
export async function push(
  { repository, tag }: Destination,
  activity: Activity,
  call: RegistryCall,
): Promise<string> {
  return explained(call, async () => {
    const stream = await streamFromEngine(call.engine, 'POST', `/images/${repository}/push`, {
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
 * @throws as {@link push}
 */
export async function readDigest({ reference }: Destination, call: RegistryCall): Promise<string> {
  return explained(call, async () => {
    const { Descriptor } = await callEngine<{ Descriptor: { digest: string } }>(
      call.engine,
      'GET',
      `/distribution/${reference}/json`,
      { headers: { 'X-Registry-Auth': call.auth }, signal: call.signal },
    );
    return Descriptor.digest;
  });
}

async function explained<Result>(
  { engine, signal }: RegistryCall,
  work: () => Promise<Result>,
): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    if (error instanceof EngineStreamError) throw new Refusal(error.message);
    if (statusOf(error) !== undefined) throw new Refusal(reasonOf(error));
    throw engineLost(engine.address, error as Error);
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
  const { manifestPushedInsteadOfIndex, selectedManifest } = (aux ?? {}) as {
    manifestPushedInsteadOfIndex?: boolean;
    selectedManifest?: { platform?: { os: string; architecture: string; variant?: string } };
  };
  if (!manifestPushedInsteadOfIndex) return;
  const { os, architecture, variant } = selectedManifest?.platform ?? {};
  const platform = [os, architecture, variant].filter(Boolean).join('/');
  activity.line(
    `the engine does not have all platforms of the image: only ${platform || 'its own'} is published`,
  );
}
