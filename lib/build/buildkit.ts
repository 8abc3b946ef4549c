import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Engine } from '../engine/types.js';
import type { Activity } from '../report/types.js';
import type { BuildMeans } from './carry-out.js';
import { folderContext } from './context/folder.js';
import { readIgnoreRules } from './context/ignore-file.js';
import { withAdditions } from './context/overlay.js';
import type { BuildPlan, BuildStep } from './plan.js';
import { buildFailed, stepFailed, type FailedBuild } from './progress/failure.js';
import { SolveProgress } from './progress/solve.js';
import { buildMessages, engineLost } from './progress/stream.js';
import { decodeTrace } from './progress/trace.js';
import { authService } from './session/auth.js';
import { fileSyncService, type SyncCount } from './session/file-sync.js';
import { healthService } from './session/health.js';
import { openSession } from './session/open.js';

/** What became of one request. */
export interface Outcome {
  id: string;
  cached: { steps: number; of: number };
  sent: SyncCount;
}

/** Builds with BuildKit, over a session that the engine fetches the context from. */
export async function buildWithBuildKit(
  plan: BuildPlan,
  step: BuildStep,
  activity: Activity,
  { engine, findLogin, signal }: BuildMeans,
): Promise<Outcome> {
  signal?.throwIfAborted();
  const failing: FailedBuild = {
    image: plan.image,
    shown: path.relative(plan.root, plan.dockerfile),
    dockerfile: fs.readFileSync(plan.dockerfile, 'utf8'),
  };
  const context = withAdditions(folderContext(plan.root), plan.additions);
  const folders = new Map([
    ['context', { source: context, exclude: readIgnoreRules(plan.root, plan.dockerfile).patterns }],
    ['dockerfile', { source: folderContext(path.dirname(plan.dockerfile)) }],
  ]);
  let ownFailure: unknown;
  const fileSync = fileSyncService(folders, (error) => (ownFailure ??= error));
  const session = await openSession(engine, [fileSync, authService(findLogin), healthService()], context.key);
  const buildid = randomUUID();
  const cancel = () => void cancelBuild(engine, buildid).finally(() => session.close());
  signal?.addEventListener('abort', cancel, { once: true });
  try {
    const query = {
      ...step.query,
      t: step.reference,
      dockerfile: path.basename(plan.dockerfile),
      version: '2',
      remote: 'client-session',
      session: session.id,
      buildid,
    };
    const progress = new SolveProgress(activity);
    const id = await follow(await requestBuild(engine, query), progress, failing);
    return { id, cached: progress.cached, sent: fileSync.count };
  } catch (error) {
    signal?.throwIfAborted();
    throw ownFailure ?? error;
  } finally {
    signal?.removeEventListener('abort', cancel);
    session.close();
  }
}

async function follow(body: Readable, progress: SolveProgress, failing: FailedBuild): Promise<string> {
  let id: string | undefined;
  for await (const message of buildMessages(body)) {
    if (message.id === 'moby.buildkit.trace') progress.update(decodeTrace(String(message.aux)));
    else if (message.id === 'moby.image.id') id = (message.aux as { ID: string }).ID;
    const error = message.errorDetail?.message ?? message.error;
    if (error !== undefined) {
      throw progress.failure ? stepFailed(failing, progress.failure) : buildFailed(failing, error);
    }
  }
  if (id === undefined) throw engineLost();
  return id;
}

function requestBuild(engine: Engine, query: Record<string, string>): Promise<Readable> {
  return new Promise((resolve, reject) => {
    const options = {
      method: 'POST',
      path: '/build?',
      isStream: true,
      // Without a body, even an empty one, engines report no progress.
      file: Buffer.alloc(0),
      options: { _query: query },
      statusCodes: { 200: true, 400: 'bad parameter', 500: 'server error' },
    };
    engine.docker.modem.dial(options, (error, body) => {
      if (error) reject(error);
      else resolve(body as Readable);
    });
  });
}

function cancelBuild(engine: Engine, id: string): Promise<void> {
  return new Promise((resolve) => {
    const options = {
      method: 'POST',
      path: `/build/cancel?id=${id}&`,
      statusCodes: { 200: true, 204: true },
    };
    engine.docker.modem.dial(options, () => resolve());
  });
}
