import { engineMessages, type EngineMessage } from '../engine/messages.js';
import type { Engine } from '../engine/types.js';
import { formatDuration } from '../report/format.js';
import type { Activity, Report } from '../report/types.js';
import { UserError } from '../user-error.js';
import { isRefusal, reasonOf } from './engine-errors.js';

/** The value of the X-Registry-Auth header for the registry of a reference; undefined where none is known. */
export type Credentials = (reference: string) => Promise<string | undefined>;

export interface PullRequest {
  reference: string;
  platform?: string;
  /** Without progress. */
  quiet?: boolean;
}

interface PullContext {
  engine: Engine;
  report: Report;
  credentials?: Credentials;
  signal: AbortSignal;
}

/**
 * Pulls an image from its registry to the engine.
 * @throws UserError `PULL_FAILED` with the registry's reason
 */
export async function pullImage(request: PullRequest, context: PullContext): Promise<void> {
  const { reference, quiet } = request;
  const activity = context.report.activity(`pull ${reference}`);
  const start = Date.now();
  try {
    for await (const message of engineMessages(await openPull(request, context))) {
      if (message.error !== undefined) throw new Error(message.errorDetail?.message ?? message.error);
      if (!quiet) showLayer(message, activity);
    }
  } catch (error) {
    activity.failed();
    if (error instanceof UserError || context.signal.aborted) throw error;
    throw new UserError('PULL_FAILED', `${reference} was not pulled: ${reasonOf(error as Error)}.`, {
      cause: error,
      exitStatus: isRefusal(error) ? 125 : 1,
    });
  }
  activity.done(`in ${formatDuration(Date.now() - start)}`);
}

async function openPull(
  { reference, platform }: PullRequest,
  { engine, credentials, signal }: PullContext,
): Promise<AsyncIterable<Buffer>> {
  const auth = await credentials?.(reference);
  return await new Promise((resolve, reject) => {
    engine.docker.modem.dial(
      {
        path: '/images/create?',
        method: 'POST',
        options: { _query: { ...splitReference(reference), ...(platform && { platform }) }, _body: {} },
        isStream: true,
        headers: auth ? { 'X-Registry-Auth': auth } : {},
        abortSignal: signal,
        statusCodes: { 200: true, 404: 'no such image', 500: 'server error' },
      },
      (error: Error | null, answer: unknown) =>
        error ? reject(error) : resolve(answer as AsyncIterable<Buffer>),
    );
  });
}

/** A reference without tag and digest means `latest` to the docker CLI, and every tag to the engine. */
function splitReference(reference: string): { fromImage: string; tag: string } {
  const [, name = reference, digest, tag = 'latest'] = /^(.*?)(?:@(.+)|:([^:/@]+))?$/s.exec(reference) ?? [];
  return { fromImage: name, tag: digest ?? tag };
}

const ENDED: Record<string, 'done' | 'cached'> = { 'Pull complete': 'done', 'Already exists': 'cached' };

function showLayer({ id, status = '', progressDetail = {} }: EngineMessage, activity: Activity): void {
  if (!id || !/^[0-9a-f]{12}$/.test(id)) return;
  const { current, total } = progressDetail;
  const state = ENDED[status] ?? 'running';
  activity.item(id, { label: id, state, completed: current, total, note: status.toLowerCase() });
}
