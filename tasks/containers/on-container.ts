import type { EngineAddress } from '../../lib/engine/types.js';
import { commandLine } from '../../lib/text/command-line.js';
import { engineAddress, type TaskContext } from '../context.js';
import { ACCEPT_NEW, DRY_RUN, ENGINE_HOST, type FlagTable } from '../flags.js';

/** The options of every task for what runs already. */
export interface OnContainerOptions {
  /** The engine, instead of the one that the environment names. */
  host?: string;
  /** Trust a host whose key is not known yet, and remember it. */
  acceptNew?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const ON_CONTAINER: FlagTable<OnContainerOptions> = {
  host: ENGINE_HOST,
  acceptNew: { ...ACCEPT_NEW, unlisted: true },
  dryRun: DRY_RUN,
};

/** Where the containers of a section are, and how the docker CLI is told to do something to one. */
export interface ContainerPlace {
  address: EngineAddress;
  /** `<project>/<user>` */
  group: string;
  /** A `docker` line to be pasted. */
  docker: (...words: readonly string[]) => string;
  /** The name of the container that `start` makes, which stands for whichever is found in a dry run. */
  usualName: (section: string) => string;
}

export async function containerPlace(
  context: TaskContext,
  { host }: Pick<OnContainerOptions, 'host'>,
): Promise<ContainerPlace> {
  const { groupOf } = await import('../../lib/run/index.js');
  const { keptName } = await import('../../lib/services/index.js');
  const { project } = context;
  const address = await engineAddress(context, { host });
  return {
    address,
    group: groupOf(project),
    docker: (...words) => commandLine(['docker', ...address.cliFlags, ...words]),
    usualName: (section) => keptName(project, section),
  };
}
