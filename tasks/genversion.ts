import { relative } from 'node:path';
import type { Project } from '../lib/project/types.js';
import type { Report } from '../lib/report/types.js';
import type { ProjectVersion } from '../lib/version/index.js';
import type { TaskContext } from './context.js';
import { defineTask } from './define-task.js';
import { DRY_RUN, type FlagTable } from './flags.js';
import type { Task } from './task.js';

export interface GenversionOptions {
  /** Say what the version is, and write nothing. */
  dryRun?: boolean;
}

export const GENVERSION_FLAGS: FlagTable<GenversionOptions> = {
  dryRun: { ...DRY_RUN, description: 'print the version and write nothing' },
};

/** Writes the project's version, as versioneer would compute it, to `_version.py.bld` in the project root. */
export function genversion(context: TaskContext, options: GenversionOptions = {}): Task {
  return defineTask(context, {
    kind: 'genversion',
    name: 'genversion',
    description: "Writes the project's version into _version.py.bld",
    flags: GENVERSION_FLAGS,
    options,
    async work({ dryRun }, { report }) {
      const version = await readVersion(context, report);
      await writeVersion(context.project, version, { report, dryRun });
    },
  });
}

/**
 * Writes the version's file for a build where the project wants one (see `versionFileWanted`).
 *
 * @param dockerfiles absolute paths of the Dockerfiles that are built
 */
export async function writeVersionForBuild(
  { project }: TaskContext,
  version: ProjectVersion,
  { dockerfiles, report }: { dockerfiles: readonly string[]; report: Report },
): Promise<void> {
  const { versionFileWanted } = await import('../lib/version/index.js');
  if (await versionFileWanted(project.root, dockerfiles)) await writeVersion(project, version, { report });
}

export async function readVersion({ project, env }: TaskContext, report: Report): Promise<ProjectVersion> {
  const { computeVersion } = await import('../lib/version/index.js');
  const version = await computeVersion(project.root, { env });
  for (const warning of version.warnings) report.warn(warning);
  return version;
}

async function writeVersion(
  { root }: Project,
  version: ProjectVersion,
  { report, dryRun }: { report: Report; dryRun?: boolean },
): Promise<void> {
  const { planVersionFile, toldVersion, writeVersionFile } = await import('../lib/version/index.js');
  const plan = await planVersionFile(root, version);
  const { dictionary } = version;
  const file = relative(root, plan.path);
  if (dictionary.error) report.warn(`genversion: ${dictionary.error}; the version is ${dictionary.version}`);
  const outcome = !plan.changed ? `${file} is up to date` : dryRun ? `would write ${file}` : `wrote ${file}`;
  if (!dryRun) await writeVersionFile(plan);
  report.info(`version ${toldVersion(version)}; ${outcome}`);
}
