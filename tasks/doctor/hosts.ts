import { versionCommand } from '../../lib/engine/connect/commands.js';
import type { EngineAddress, EngineFacts } from '../../lib/engine/types.js';
import { about, type Chapter, type Finding, hostFindings, wrong } from '../../lib/overview/index.js';
import type { Report } from '../../lib/report/types.js';
import { commandLine } from '../../lib/text/command-line.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Word } from '../../lib/text/word.js';
import { hostAddress, imageOf, type TaskContext, withEngine } from '../context.js';

interface HostChapterOptions {
  report: Report;
  acceptNew?: boolean;
  /** What the engine that builds says of itself. */
  own: Promise<EngineFacts | undefined>;
}

/** The hosts that run.cfg names; a section that is wrong is left to those who look at the sections. */
export function projectHosts(context: TaskContext, { remote }: EngineAddress): Word[] {
  const hosts = context.project.images.flatMap((name) => {
    try {
      return imageOf(context, name, { remote, operation: 'transfer' }).hosts;
    } catch (error) {
      if (error instanceof UserError) return [];
      throw error;
    }
  });
  return [...new Map(hosts.map((host) => [host.text, host])).values()];
}

/**
 * Reports the commands that look at hosts.
 *
 * @returns sentences about hosts that have no command, since their addresses are wrong
 */
export async function reportHosts(
  context: TaskContext,
  hosts: readonly Word[],
  report: Report,
): Promise<string[]> {
  const problems: string[] = [];
  for (const host of hosts) {
    try {
      report.command(commandLine(versionCommand(await hostAddress(context, host))));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(about(host.text, error.message));
    }
  }
  return problems;
}

/** The engines of hosts, looked at side by side. */
export async function hostChapter(
  context: TaskContext,
  hosts: readonly Word[],
  options: HostChapterOptions,
): Promise<Chapter> {
  const findings = await Promise.all(hosts.map((host) => lookAt(context, host, options)));
  return { title: 'Hosts', findings: findings.flat() };
}

async function lookAt(
  context: TaskContext,
  host: Word,
  { report, acceptNew, own }: HostChapterOptions,
): Promise<Finding[]> {
  try {
    const address = await hostAddress(context, host);
    return await withEngine(context, address, { report, acceptNew }, async (engine) =>
      hostFindings(host.text, await engine.facts(), await own),
    );
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [wrong(about(host.text, error.message))];
  }
}
