import { inspectImage } from '../engine/images/inspect.js';
import { uncoverName } from '../engine/images/names.js';
import type { Engine } from '../engine/types.js';
import { formatBytes, formatDuration } from '../report/index.js';
import type { Activity } from '../report/types.js';
import { UserError } from '../text/user-error.js';
import { type BuildContext, projectContext } from './build-context.js';
import { buildWithBuildKit } from './buildkit.js';
import { buildClassic } from './classic/build-classic.js';
import type { BuildMeans } from './means.js';
import type { Outcome } from './outcome.js';
import type { BuildPlan, BuildStep } from './plan.js';
import { checkBuild } from './requirements.js';
import { removeIdFile, writeResultFiles } from './result-files.js';
import { runScript } from './script.js';
import type { SyncCount } from './session/file-sync.js';

/** An image that was built. */
export interface BuiltImage {
  /** The engine's ID of the image: the digest of its config, or of its manifest in containerd's image store. */
  id: string;
  /** Digest of the manifest, if the engine knows it. */
  digest?: string;
  reference: string;
  tags: readonly string[];
  /** Bytes. */
  size: number;
  /** Steps that came from the cache, of all that could. */
  cached: { steps: number; of: number };
  /** What travelled to the engine. */
  sent: SyncCount;
}

/**
 * Builds an image as planned: its builder stage first, between its scripts.
 * @throws {UserError} `BUILD_FAILED`, `ENGINE_LOST`, and others for what is wrong with secrets, scripts or the context
 */
export async function carryOutBuild(plan: BuildPlan, means: BuildMeans): Promise<BuiltImage> {
  const { engine, report, signal, context = projectContext(plan) } = means;
  const facts = await checkBuild(plan, engine);
  removeIdFile(plan.steps.at(-1)?.flags);
  let built: BuiltImage | undefined;
  const build = facts.buildkit ? buildWithBuildKit : buildClassic;
  const activity = report.activity(`build ${plan.image}`);
  const started = performance.now();
  try {
    await runScript(plan.preBuildScript, plan.root, activity, signal);
    for (const step of stepsFor(plan, context, activity)) {
      const attempt = () => build(plan, step, { ...means, context, activity });
      const { told, ...outcome } = await ('source' in context
        ? withSecondAttempt(attempt, activity)
        : attempt());
      await uncoverName(engine, outcome.id, step.reference);
      built = { ...outcome, ...(await inspect(engine, step.reference)), reference: step.reference };
      if (step === plan.steps.at(-1)) writeResultFiles(step.flags, told);
    }
    if (plan.postBuildScript !== undefined)
      await runScript(plan.postBuildScript, plan.root, activity, signal);
  } catch (error) {
    activity.failed();
    throw error;
  }
  if (!built) throw new TypeError(`the plan of ${plan.image} has no step`);
  const took = formatDuration(performance.now() - started);
  activity.done(`${built.reference}, ${formatBytes(built.size)}, in ${took}`);
  return built;
}

/**
 * containerd's store may collect a layer's snapshot just when an image is unpacked on top of it
 * (https://github.com/containerd/containerd/issues/10835). All instructions are in the cache by then.
 */
async function withSecondAttempt(attempt: () => Promise<Outcome>, activity: Activity): Promise<Outcome> {
  try {
    return await attempt();
  } catch (error) {
    if (!(error instanceof UserError) || !/parent snapshot \S+ does not exist/.test(error.message))
      throw error;
    activity.line('the engine has lost a layer while it unpacked the image: once more');
    return attempt();
  }
}

/** An archive passes by once: of several steps the last one, the image itself, gets it. */
function stepsFor({ steps }: BuildPlan, context: BuildContext, activity: Activity): readonly BuildStep[] {
  const [first, ...others] = steps;
  if ('source' in context || !first || others.length === 0) return steps;
  activity.line(`${first.reference} is left out: the files of the pipeline are too many to be sent twice`);
  return steps.slice(-1);
}

async function inspect(
  engine: Engine,
  reference: string,
): Promise<Pick<BuiltImage, 'size' | 'tags' | 'digest'>> {
  const image = await inspectImage(engine, reference);
  if (!image) {
    const sentence = `${reference} was built, but is no longer on the engine: see what removes images there, and build again.`;
    throw new UserError('IMAGE_GONE', sentence);
  }
  const { Size, RepoTags, RepoDigests } = image;
  return { size: Size, tags: RepoTags ?? [], digest: RepoDigests?.[0]?.split('@')[1] };
}
