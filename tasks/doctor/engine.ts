import { statfs } from 'node:fs/promises';
import { dockerConfigFaults, usableDockerConfig } from '../../lib/engine/credentials/docker-config.js';
import type { EngineAddress, EngineFacts } from '../../lib/engine/types.js';
import {
  askDiskUsage,
  type Chapter,
  diskFindings,
  doubtful,
  engineFindings,
  type Finding,
  wrong,
} from '../../lib/overview/index.js';
import { UserError } from '../../lib/text/user-error.js';
import { type TaskContext, withMeans } from '../context.js';
import type { TaskRun } from '../define-task.js';

/** The engine that builds and runs, and what it says of itself where it answers. */
export async function engineChapter(
  context: TaskContext,
  address: EngineAddress,
  run: TaskRun,
): Promise<{ chapter: Chapter; facts?: EngineFacts }> {
  const title = 'Engine';
  try {
    return await withMeans(context, address, run, async ({ engine }) => {
      const [facts, usage] = await Promise.all([engine.facts(), askDiskUsage(engine, freeSpace)]);
      const { currentContext } = usableDockerConfig(context.env);
      const findings = [
        ...engineFindings(address, facts, currentContext),
        ...diskFindings(usage),
        ...configFindings(context),
      ];
      return { chapter: { title, findings }, facts };
    });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { chapter: { title, findings: [wrong(error.message), ...configFindings(context)] } };
  }
}

function configFindings({ env }: TaskContext): Finding[] {
  return dockerConfigFaults(env).map((fault) => doubtful(`${fault} Until then it counts for nothing.`));
}

async function freeSpace(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
}
