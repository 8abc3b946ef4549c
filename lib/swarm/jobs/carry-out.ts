import type { Means } from '../../engine/means.js';
import { listServices, removeService, type SwarmService } from '../../engine/swarm/services.js';
import type { Engine } from '../../engine/types.js';
import { formatDuration } from '../../report/format.js';
import { hasEnded } from '../../system/process-mark.js';
import { commandLine } from '../../text/command-line.js';
import { UserError } from '../../text/user-error.js';
import { labelNodes } from '../draft/place.js';
import { removeOldContents } from '../old-contents.js';
import { type IndexResult, type JobMeans, JobRun } from './job-run.js';
import { JOB_LABEL, JOB_PROJECT_LABEL, type JobPlan } from './plan.js';

export interface CarryOutMeans extends JobMeans {
  /** The engines of the nodes, by the nodes' IDs: for older images that nobody needs any more. */
  engines: ReadonlyMap<string, Engine>;
}

/**
 * Runs an image once for each index, some of them at a time, where the swarm finds room for them. Nothing of it is left
 * in the swarm behind but the image, and what a killed process has left of an earlier one goes first.
 *
 * @returns what became of each index, in their order
 */
export async function carryOutJob(plan: JobPlan, means: CarryOutMeans): Promise<IndexResult[]> {
  const { manager, name, image, unlabelled, project, mark } = plan;
  const { report, signal, engines } = means;
  await labelNodes(manager, unlabelled, image);
  const ofProject = await listServices(manager, `${JOB_PROJECT_LABEL}=${project}`);
  await removeAll(
    manager,
    ofProject.filter(({ Spec }) => hasEnded(Spec.labels[JOB_LABEL] ?? '')),
  );
  signal.throwIfAborted();
  const activity = report.activity(`job ${name}`);
  const results = await run();
  await removeOldContents({ manager, name: image.name, engines, kept: [image.reference] }, report);
  return results;

  async function run(): Promise<IndexResult[]> {
    const started = performance.now();
    try {
      const all = await new JobRun(plan, means, activity).toItsEnd();
      const took = formatDuration(performance.now() - started);
      if (all.some(({ problem }) => problem !== undefined)) activity.failed();
      else activity.done(`all ${all.length} ended with status 0, ${took}`);
      return all;
    } catch (error) {
      activity.failed();
      throw error;
    } finally {
      await removeMarked(manager, mark, report);
    }
  }
}

/** What made work fail is told, and not that what is left of it cannot be removed for the same reason. */
async function removeMarked(manager: Engine, mark: string, report: Means['report']): Promise<void> {
  const label = `${JOB_LABEL}=${mark}`;
  try {
    await removeAll(manager, await listServices(manager, label));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const docker = ['docker', ...manager.address.cliFlags, 'service', 'ls', '--filter', `label=${label}`];
    report.warn(
      `What is left of the job goes with the next one of the project; ${commandLine(docker)} shows it: ${error.message}`,
    );
  }
}

async function removeAll(manager: Engine, services: readonly SwarmService[]): Promise<void> {
  await Promise.all(services.map(({ ID }) => removeService(manager, ID)));
}
