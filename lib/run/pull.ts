import { reasonOf, streamFromEngine } from '../engine/call.js';
import { encodeAuthHeader } from '../engine/credentials/auth-header.js';
import { layerMessages } from '../engine/layer-messages.js';
import type { Means } from '../engine/means.js';
import { registryHost } from '../oci/registry-host.js';
import { formatDuration } from '../report/format.js';
import { UserError } from '../text/user-error.js';
import { isRefusal } from './engine-errors.js';

export interface PullRequest {
  reference: string;
  platform?: string;
  /** Without progress. */
  quiet?: boolean;
}

/**
 * Pulls an image from its registry to the engine.
 * @throws UserError `PULL_FAILED` with the registry's reason
 */
export async function pullImage(request: PullRequest, means: Means): Promise<void> {
  const { reference, quiet } = request;
  const activity = means.report.activity(`pull ${reference}`);
  const start = Date.now();
  try {
    const stream = await openPull(request, means);
    for await (const message of layerMessages(stream, quiet ? undefined : activity)) void message;
  } catch (error) {
    activity.failed();
    if (error instanceof UserError || means.signal.aborted) throw error;
    throw new UserError(
      'PULL_FAILED',
      `${reference} was not pulled: ${reasonOf(error).replace(/\.$/, '')}.`,
      {
        cause: error,
        exitStatus: isRefusal(error) ? 125 : 1,
      },
    );
  }
  activity.done(`in ${formatDuration(Date.now() - start)}`);
}

async function openPull(
  { reference, platform }: PullRequest,
  { engine, credentials, signal }: Means,
): Promise<AsyncIterable<Buffer>> {
  const auth = await credentials(registryHost(reference));
  return streamFromEngine(engine, 'POST', '/images/create', {
    query: { ...splitReference(reference), ...(platform && { platform }) },
    headers: { 'X-Registry-Auth': encodeAuthHeader(auth) },
    signal,
  });
}

/** A reference without tag and digest means `latest` to the docker CLI, and every tag to the engine. */
function splitReference(reference: string): { fromImage: string; tag: string } {
  const [, name = reference, digest, tag = 'latest'] = /^(.*?)(?:@(.+)|:([^:/@]+))?$/s.exec(reference) ?? [];
  return { fromImage: name, tag: digest ?? tag };
}
