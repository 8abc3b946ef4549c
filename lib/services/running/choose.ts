import type { Engine } from '../../engine/types.js';
import type { Report } from '../../report/types.js';
import { UserError } from '../../text/user-error.js';
import { findContainers, type FoundContainer } from './found.js';

export interface Wanted {
  /** `<project>/<user>` */
  group: string;
  section: string;
  /** Whether one that has ended will do where none runs. */
  orEnded?: boolean;
}

/**
 * The container of a section that is meant: the service that runs by itself, else the youngest. Where there are several,
 * it is told which.
 *
 * @throws {UserError} `NOT_RUNNING`
 */
export async function chooseContainer(
  { engine, report }: { engine: Engine; report: Report },
  { group, section, orEnded = false }: Wanted,
): Promise<FoundContainer> {
  const found = await findContainers(engine, group, section);
  const running = found.filter(({ isRunning }) => isRunning);
  const among = running.length > 0 || !orEnded ? running : found;
  const chosen = among.find(({ role }) => role === 'service') ?? among[0];
  if (!chosen)
    throw new UserError(
      'NOT_RUNNING',
      `Nothing of ${section} runs on the engine at ${engine.address.url}: gulp start:${section} starts it.`,
    );
  const others = among.filter((one) => one !== chosen).map(({ name }) => name);
  if (others.length > 0)
    report.info(`${section} is ${chosen.name} here; there is ${others.join(', ')}, too.`);
  return chosen;
}
