import { createHash, randomUUID } from 'node:crypto';
import path from 'node:path';
import { codeOf } from '../text/thrown.js';
import { UserError } from '../text/user-error.js';
import { type BuildContext, dockerfileContext, dockerfileInContext, namedFolders } from './build-context.js';
import { folderName } from './flags/named-context.js';
import { cacheFolders, cachesToTake, noteWrittenCaches } from './local-cache.js';
import type { StepMeans } from './means.js';
import type { Outcome } from './outcome.js';
import type { BuildPlan, BuildStep } from './plan.js';
import { engineLost } from './progress/engine-lost.js';
import { buildFailed, type FailedBuild, failedBuild, stepFailed } from './progress/failure.js';
import { SolveProgress } from './progress/solve.js';
import { authService } from './session/auth.js';
import { openChannel } from './session/channel.js';
import { contentService } from './session/content-store.js';
import { fileSendService } from './session/file-send.js';
import { fileSyncService, type SyncedFolder } from './session/file-sync.js';
import type { GrpcMethods } from './session/grpc.js';
import { GrpcError, STATUS } from './session/grpc-call.js';
import { openSession, type Session } from './session/open.js';
import { readSecrets, secretsService } from './session/secrets.js';
import { prepareAgents, sshService } from './session/ssh.js';
import { UPLOADED_CONTEXT, uploadService } from './session/upload.js';
import { Control, type SolveRequest } from './solve/control.js';
import { hostGateway } from './solve/host-gateway.js';
import { keysOfBuildx } from './solve/of-buildx.js';
import { type ContextPlace, solveRequest } from './solve/solve-request.js';

/** Builds with BuildKit, over a session that the engine fetches files, credentials, secrets and keys from. */
export async function buildWithBuildKit(
  plan: BuildPlan,
  step: BuildStep,
  { engine, credentials, env, signal, context, activity, take }: StepMeans,
): Promise<Outcome> {
  signal.throwIfAborted();
  const failing = failedBuild(plan);
  let ownFailure: unknown;
  const fail = (error: unknown) => (ownFailure ??= error);
  const { store } = await engine.facts();
  const cacheFrom = cachesToTake(step.flags.cacheFrom, store, (sentence) => activity.line(sentence));
  const caches = cacheFolders([...cacheFrom, ...step.flags.cacheTo]);
  const services = [
    ...contextServices(plan, step, context, fail),
    contentService(caches, (error) => fail(cacheFailed(error))),
    authService(credentials),
    secretsService(await readSecrets(plan.secrets, env)),
    sshService(await prepareAgents(plan.agents, env)),
    ...(take ? [fileSendService(take, fail)] : []),
  ];
  const channel = await openChannel(engine);
  const progress = new SolveProgress(activity);
  let session: Session | undefined;
  try {
    session = await openSession(channel, services, sharedKey(context, step));
    const control = new Control(channel, engine);
    const flags = { ...step.flags, cacheFrom };
    const ref = randomUUID();
    const request = solveRequest({ ...step, flags }, placeOf(plan, context), {
      ref,
      session: session.id,
      hostGateway: await hostGateway(step.flags, control, engine),
      isExported: take !== undefined,
    });
    const solving = solve(control, request, { progress, failing, signal });
    const { id, told } = await Promise.race([solving, session.lost]);
    noteWrittenCaches(step.flags.cacheTo, told['cache.manifest']);
    const more =
      flags.metadataFile === undefined ? {} : await keysOfBuildx(control, ref, { engine, env, signal });
    return { id, told: { ...told, ...more }, cached: progress.cached, sent: context.sent };
  } catch (error) {
    signal.throwIfAborted();
    throw ownFailure ?? error;
  } finally {
    session?.close();
    channel.close();
  }
}

/**
 * The engine keeps of a key the files of the last build, and removes all that the next one does not ask for. So builds that
 * take other files of the same context have other keys: else each would be sent again what the one between took away.
 */
function sharedKey(context: BuildContext, { contextKey }: BuildStep): string {
  if ('archive' in context) return randomUUID();
  return createHash('sha256').update(`${context.source.key} ${contextKey}`).digest('hex');
}

/** The files of the build: the Dockerfile and the context, or all of it as an archive, and folders of named contexts. */
function contextServices(
  plan: BuildPlan,
  step: BuildStep,
  context: BuildContext,
  fail: (error: unknown) => void,
): GrpcMethods[] {
  const folders = new Map<string, SyncedFolder>();
  for (const [name, folder] of namedFolders(step.flags.contexts)) folders.set(folderName(name), folder);
  if ('archive' in context) return [fileSyncService(folders, fail), uploadService(context.archive, fail)];
  folders.set('dockerfile', { source: dockerfileContext(plan) });
  folders.set('context', context);
  return [fileSyncService(folders, fail)];
}

function placeOf(plan: BuildPlan, context: BuildContext): ContextPlace {
  if ('archive' in context) return { context: UPLOADED_CONTEXT, filename: dockerfileInContext(plan) };
  return { filename: path.basename(plan.dockerfile.path), ...plan.vcs };
}

interface Solving {
  progress: SolveProgress;
  failing: FailedBuild;
  signal: AbortSignal;
}

/** @returns the image's ID, and all that the engine tells of the result */
async function solve(
  control: Control,
  request: SolveRequest,
  { progress, failing, signal }: Solving,
): Promise<Pick<Outcome, 'id' | 'told'>> {
  const solving = control.solve(request, signal);
  const following = follow(control, request.ref, progress);
  try {
    // Of the two calls, only the solve tells that the build is complete, but a failure of either ends it.
    const result = await Promise.race([solving, following.then(() => solving)]);
    await withinSeconds(3, following);
    const id = result['containerimage.digest'] ?? (request.exporter === 'moby' ? undefined : '');
    if (id === undefined) throw engineLost();
    return { id, told: result };
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    // Which step failed, and what it printed last, may come later than the failure.
    await withinSeconds(3, following);
    if (progress.failure) throw stepFailed(failing, progress.failure);
    throw error.status === STATUS.unavailable ? engineLost(error) : buildFailed(failing, error.message);
  }
}

/** Tells what happens; a build that ends badly says itself why. */
async function follow(control: Control, ref: string, progress: SolveProgress): Promise<void> {
  try {
    for await (const status of control.status(ref)) progress.update(status);
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
  }
}

function cacheFailed(error: unknown): unknown {
  const code = codeOf(error);
  if (code === undefined || !(error instanceof Error)) return error;
  const { message } = error;
  const file = 'path' in error ? String(error.path) : '';
  const sentence = `The build cache ${file} cannot be read or written (${code}): give yourself the right to, free some space, or name another folder.`;
  return new UserError('BUILD_CACHE', sentence, { cause: message });
}

async function withinSeconds(seconds: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<void>((resolve) => (timer = setTimeout(resolve, seconds * 1000)));
  await Promise.race([work, enough]).finally(() => clearTimeout(timer));
}
