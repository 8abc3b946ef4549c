import { Container } from '../../engine/containers/container.js';
import { removeContainer } from '../../engine/containers/remove.js';
import type { Means } from '../../engine/means.js';
import { labelledNetworks, removeNetwork } from '../../engine/networks.js';
import type { Engine } from '../../engine/types.js';
import { PROJECT_LABEL } from '../../run/labels.js';
import { commandLine } from '../../text/command-line.js';
import { OWNER_LABEL } from '../labels.js';
import { sweep } from '../sweep.js';
import { findContainers, type FoundContainer } from './found.js';

type StopMeans = Pick<Means, 'engine' | 'report' | 'signal'>;

/**
 * Stops what runs of a project, or of one section: those first that were started last, because they may need the others.
 * Services are removed, and with the last of them their network; what `run --keep` started is stopped and stays. What
 * belongs to runs whose process has gone is removed, too.
 */
export async function stopContainers(
  { group, section }: { group: string; section?: string },
  means: StopMeans,
): Promise<void> {
  const { engine, report } = means;
  if (await sweep(engine, group)) report.info('Removed what a killed run has left.');
  const found = await findContainers(engine, group, section);
  const ending = found.filter(({ role, isRunning }) => role !== 'beside' && (isRunning || role !== 'run'));
  for (const { section: of, name } of found.filter(({ role }) => role === 'beside'))
    report.info(`${of} (${name}) runs beside a run, and is stopped with that.`);
  if (ending.length === 0) report.info(`Nothing${section === undefined ? '' : ` of ${section}`} to stop.`);
  for (const container of ending) await stop(container, means);
  await removeIdleNetworks(engine, group);
}

async function stop(
  { id, name, section, role, isRunning }: FoundContainer,
  { engine, report, signal }: StopMeans,
): Promise<void> {
  signal.throwIfAborted();
  const docker = (...words: string[]) => commandLine(['docker', ...engine.address.cliFlags, ...words]);
  const activity = report.activity(section);
  try {
    if (isRunning) {
      report.command(docker('stop', name));
      await new Container(engine, id).stop();
    }
    if (role === 'run')
      return activity.done(`stopped; ${docker('rm', '-v', name)} removes it where it is kept`);
    report.command(docker('rm', '-f', '-v', name));
    await removeContainer(engine, id);
    activity.done(isRunning ? 'stopped' : 'removed');
  } catch (error) {
    activity.failed();
    throw error;
  }
}

/** Networks that belong to nobody's process, and where no container is any more. */
async function removeIdleNetworks(engine: Engine, group: string): Promise<void> {
  const left = await findContainers(engine, group);
  if (left.some(({ role }) => role === 'service')) return;
  const networks = await labelledNetworks(engine, `${PROJECT_LABEL}=${group}`);
  for (const { Id, Labels } of networks)
    if (Labels?.[OWNER_LABEL] === undefined) await removeNetwork(engine, Id);
}
