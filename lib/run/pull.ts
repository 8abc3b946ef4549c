import { isRefusal } from '../engine/client/errors.js';
import type { EngineMessage } from '../engine/client/messages.js';
import { encodeAuthHeader } from '../engine/credentials/auth-header.js';
import { EngineStreamError, layerMessages } from '../engine/images/layer-activity.js';
import type { Means } from '../engine/means.js';
import { partsOf, type Reference } from '../oci/reference.js';
import { formatDuration } from '../report/format.js';
import { UserError, type UserErrorOptions } from '../text/user-error.js';

export interface PullRequest {
  reference: Reference;
  platform?: string;
  /** Without progress. */
  quiet?: boolean;
}

/**
 * Pulls an image from its registry to the engine.
 * @throws {UserError} `PULL_FAILED` with the registry's reason
 */
export async function pullImage(request: PullRequest, means: Means): Promise<void> {
  const { reference, quiet } = request;
  const activity = means.report.activity(`pull ${reference}`);
  const start = performance.now();
  try {
    const messages = await openPull(request, means);
    for await (const message of layerMessages(messages, quiet ? undefined : activity)) void message;
  } catch (error) {
    activity.failed();
    if (isRefusal(error)) throw notPulled(reference, error.sentence, { cause: error, exitStatus: 125 });
    if (error instanceof EngineStreamError)
      throw notPulled(reference, error.message, { cause: error, exitStatus: 125 });
    throw error;
  }
  activity.done(`in ${formatDuration(performance.now() - start)}`);
}

async function openPull(
  { reference, platform }: PullRequest,
  { engine, credentials, signal }: Means,
): Promise<AsyncIterable<EngineMessage>> {
  // A reference without tag and digest means `latest` to the docker CLI, and every tag to the engine.
  const { registry, repository, tag = 'latest', digest } = partsOf(reference);
  const auth = await credentials(registry, 'pull');
  return engine.client.messages('POST', '/images/create', {
    query: { fromImage: repository, tag: digest ?? tag, ...(platform && { platform }) },
    headers: { 'X-Registry-Auth': encodeAuthHeader(auth) },
    signal,
  });
}

function notPulled(reference: string, reason: string, options: UserErrorOptions): UserError {
  return new UserError('PULL_FAILED', `${reference} was not pulled: ${reason.replace(/\.$/, '')}.`, options);
}
