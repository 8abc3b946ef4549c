import { existsSync } from 'node:fs';
import { join, relative } from 'node:path';
import { checkRequirements } from '../../lib/build/requirements.js';
import type { EngineAddress, EngineFacts } from '../../lib/engine/types.js';
import { readIgnoreRules } from '../../lib/ignore/ignore-file.js';
import { Judge } from '../../lib/ignore/selection.js';
import { patternsOf } from '../../lib/live/index.js';
import { type Chapter, doubtful, type Finding, right, wrong } from '../../lib/overview/index.js';
import { imageNames } from '../../lib/project/index.js';
import type { Image, SwarmSettings } from '../../lib/project/types.js';
import { planRun } from '../../lib/run/index.js';
import { draftService } from '../../lib/swarm/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { computeVersion, type ProjectVersion, toldVersion } from '../../lib/version/index.js';
import { imageOf, type TaskContext } from '../context.js';
import { planBuilds } from '../plan-builds.js';

const UNATTENDED = { options: {}, stdinIsTTY: false, stdoutIsTTY: false };

/**
 * `docker/`, run.cfg, the Dockerfiles, what a build sends, and the version.
 *
 * @param own what the engine that builds says of itself: whether it can build these images
 */
export async function projectChapter(
  context: TaskContext,
  address: EngineAddress,
  own: Promise<EngineFacts | undefined>,
): Promise<Chapter> {
  const { project } = context;
  const { version, findings: ofVersion } = await lookAtVersion(context);
  return {
    title: `Project ${project.name}`,
    findings: [
      lookAtImages(context),
      ...project.warnings.map(doubtful),
      ...(await lookAtPlans(context, { address, version, facts: await own })),
      ...lookAtContext(context),
      ...ofVersion,
    ],
  };
}

function lookAtImages({ project: { images, synthetic } }: TaskContext): Finding {
  if (images.length === 0)
    return wrong(
      'docker/ holds no image: make docker/<image>/Dockerfile, or let npx gulp-dockerutils init make one',
    );
  const counted = (names: readonly string[], kind: string) =>
    `${names.length} ${kind}${names.length === 1 ? '' : 's'} (${names.join(', ')})`;
  const toRun = synthetic.length > 0 ? `, and ${counted(synthetic, 'synthetic one')}` : '';
  return right(counted(images, 'image') + toRun);
}

/** Plans every build, run and service of a swarm, which says all that is wrong in sections and Dockerfiles. */
async function lookAtPlans(
  context: TaskContext,
  { address, version, facts }: { address: EngineAddress; version?: ProjectVersion; facts?: EngineFacts },
): Promise<Finding[]> {
  const { project, env } = context;
  const { remote } = address;
  const sentences = new Set<string>();
  const attempt = async (plan: () => unknown) => {
    try {
      await plan();
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      sentences.add(error.message);
    }
  };
  for (const name of imageNames(project)) {
    let image: Image | undefined;
    await attempt(() => (image = imageOf(context, name, { remote })));
    if (!image) continue;
    const described = image;
    await attempt(() => planRun({ ...UNATTENDED, project, image: described, env, now: new Date() }));
    const { liveIgnore, liveBack, liveRestart = [], liveRebuild = [] } = described;
    await attempt(() => patternsOf([...liveIgnore, ...liveBack, ...liveRestart, ...liveRebuild]));
    if (isForSwarm(described.swarm))
      await attempt(() => {
        const deployed = imageOf(context, name, { remote: true, operation: 'deploy' });
        return draftService({ project, image: deployed, facts: { likeness: '' }, env });
      });
    if (image.synthetic || !version) continue;
    await attempt(async () => {
      const plan = (await planBuilds(context, { image: name }, {}, { address, version })).plan(name);
      if (facts) checkRequirements(plan, facts);
    });
  }
  if (sentences.size > 0) return [...sentences].map(wrong);
  if (project.warnings.length > 0) return [];
  return [right(`${project.config.file} and the Dockerfiles are in order`)];
}

function isForSwarm({ manager, replicas, ...lists }: SwarmSettings): boolean {
  return Boolean(manager ?? replicas) || Object.values(lists).some((words) => words.length > 0);
}

/** Whether a build sends what no image needs. */
function lookAtContext({ project: { root, images } }: TaskContext): Finding[] {
  const findings = new Map<string, Finding>();
  for (const image of images) {
    const dockerfile = join(root, 'docker', image, 'Dockerfile');
    try {
      const { patterns, file } = readIgnoreRules(root, dockerfile);
      const name = file === undefined ? '.dockerignore' : relative(root, file);
      if (findings.has(name)) continue;
      const sendsGit =
        existsSync(join(root, '.git')) && new Judge({ exclude: patterns }).judge('.git').wanted;
      findings.set(name, contextFinding(name, file !== undefined, sendsGit));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      findings.set(error.message, wrong(error.message));
    }
  }
  return [...findings.values()];
}

function contextFinding(name: string, isThere: boolean, sendsGit: boolean): Finding {
  const git = 'the history in .git goes along with every build: put .git on a line of it';
  if (!isThere)
    return doubtful(`there is no ${name}${sendsGit ? `, so ${git}` : ': builds send the whole folder'}`);
  return sendsGit
    ? doubtful(`${name} leaves .git in: ${git}`)
    : right(`${name} keeps .git out of the builds`);
}

async function lookAtVersion({
  project,
  env,
}: TaskContext): Promise<{ version?: ProjectVersion; findings: Finding[] }> {
  try {
    const version = await computeVersion(project.root, { env });
    const { dictionary, warnings } = version;
    const found = dictionary.error
      ? doubtful(`${dictionary.error}: images get no label of it; a git tag such as v0.1.0 says what it is`)
      : right(`version ${toldVersion(version)}`);
    return { version, findings: [found, ...warnings.map(doubtful)] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { findings: [wrong(error.message)] };
  }
}
