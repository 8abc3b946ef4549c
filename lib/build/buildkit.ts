import { randomUUID } from 'node:crypto';
import path from 'node:path';
import type { Readable } from 'node:stream';
import type { Activity } from '../report/types.js';
import { dockerfileContext, dockerfileInContext, type BuildContext } from './build-context.js';
import type { BuildMeans } from './carry-out.js';
import type { Outcome } from './outcome.js';
import type { BuildPlan, BuildStep } from './plan.js';
import { buildFailed, failedBuild, stepFailed, type FailedBuild } from './progress/failure.js';
import { SolveProgress } from './progress/solve.js';
import { buildMessages, engineLost } from './progress/stream.js';
import { decodeTrace } from './progress/trace.js';
import { cancelBuild, requestBuild } from './request.js';
import { authService } from './session/auth.js';
import { fileSyncService, type SyncedFolder } from './session/file-sync.js';
import type { GrpcMethods } from './session/grpc.js';
import { openSession } from './session/open.js';
import { readSecrets, secretsService } from './session/secrets.js';
import { prepareAgent, sshService } from './session/ssh.js';
import { UPLOADED_CONTEXT, uploadService } from './session/upload.js';

/** Builds with BuildKit, over a session that the engine fetches files, credentials, secrets and keys from. */
export async function buildWithBuildKit(
  plan: BuildPlan,
  step: BuildStep,
  context: BuildContext,
  activity: Activity,
  { engine, findLogin, env = process.env, signal }: BuildMeans,
): Promise<Outcome> {
  signal?.throwIfAborted();
  const failing = failedBuild(plan);
  let ownFailure: unknown;
  const fail = (error: unknown) => (ownFailure ??= error);
  const services = [
    contextService(plan, context, fail),
    authService(findLogin),
    secretsService(await readSecrets(plan.secrets, env)),
    sshService(new Map([...plan.agents].map(([id, paths]) => [id, prepareAgent(id, paths, env)]))),
  ];
  const key = 'source' in context ? context.source.key : randomUUID();
  const session = await openSession(engine, services, key);
  const buildid = randomUUID();
  const query = {
    ...step.query,
    t: [step.reference, ...step.tags],
    version: '2',
    ...placeOf(plan, context),
    session: session.id,
    buildid,
  };
  const progress = new SolveProgress(activity);
  let answer: Readable | undefined;
  const ended = new AbortController();
  const work = async () => {
    // Without a body, even an empty one, engines report no progress.
    answer = await requestBuild(engine, { query, body: Buffer.alloc(0) });
    return follow(answer, progress, failing);
  };
  try {
    const id = await Promise.race([
      work(),
      session.lost,
      aborted(signal, ended.signal, () => cancelBuild(engine, buildid)),
    ]);
    return { id, cached: progress.cached, sent: context.sent };
  } catch (error) {
    signal?.throwIfAborted();
    throw ownFailure ?? error;
  } finally {
    ended.abort();
    answer?.destroy();
    session.close();
  }
}

function contextService(plan: BuildPlan, context: BuildContext, fail: (error: unknown) => void): GrpcMethods {
  if ('archive' in context) return uploadService(context.archive, fail);
  const folders = new Map<string, SyncedFolder>([
    ['dockerfile', { source: dockerfileContext(plan) }],
    ['context', context],
  ]);
  return fileSyncService(folders, fail);
}

/** Where the engine gets the context from, and the Dockerfile's name there. */
function placeOf(plan: BuildPlan, context: BuildContext): Record<string, string> {
  if ('archive' in context) return { remote: UPLOADED_CONTEXT, dockerfile: dockerfileInContext(plan) };
  return { remote: 'client-session', dockerfile: path.basename(plan.dockerfile) };
}

/** Rejects when the signal comes, after the engine has been told, or has not listened for long. */
function aborted(
  signal: AbortSignal | undefined,
  ended: AbortSignal,
  tell: () => Promise<void>,
): Promise<never> {
  return new Promise((_resolve, reject) => {
    const stop = () => {
      const enough = new Promise((resolve) => setTimeout(resolve, 3000).unref());
      void Promise.race([tell(), enough]).then(() => reject(signal!.reason as Error));
    };
    signal?.addEventListener('abort', stop, { once: true, signal: ended });
  });
}

async function follow(body: Readable, progress: SolveProgress, failing: FailedBuild): Promise<string> {
  let id: string | undefined;
  for await (const message of buildMessages(body)) {
    if (message.id === 'moby.buildkit.trace') progress.update(decodeTrace(String(message.aux)));
    else if (message.id === 'moby.image.id') id = (message.aux as { ID: string }).ID;
    const error = message.errorDetail?.message ?? message.error;
    if (error === undefined) continue;
    throw progress.failure ? stepFailed(failing, progress.failure) : buildFailed(failing, error);
  }
  if (id === undefined) throw engineLost();
  return id;
}
