import { membershipOf } from '../../lib/engine/swarm/membership.js';
import type { Engine, EngineAddress } from '../../lib/engine/types.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Word } from '../../lib/text/word.js';
import { type BareContext, engineAddress, hostAddress } from '../context.js';

/**
 * The address of a swarm's manager.
 *
 * @param given on the command line, or by a gulpfile
 * @param written in run.cfg
 * @throws {UserError} `NO_SWARM` where nothing says which swarm
 */
export async function managerAddress(
  context: BareContext,
  name: string,
  { given, written }: { given?: string; written?: Word },
): Promise<EngineAddress> {
  if (given !== undefined) return engineAddress(context, { host: given, hostOrigin: '--swarm' });
  if (written) return hostAddress(context, written);
  throw new UserError(
    'NO_SWARM',
    `Nothing says which swarm ${name} goes to: give --swarm ssh://user@manager, or set swarm in its section of run.cfg.`,
  );
}

/** @throws {UserError} `NO_MANAGER` where an engine is no manager of a swarm */
export async function checkManager(engine: Engine): Promise<void> {
  const { nodeId, isManager, managers } = await membershipOf(engine);
  if (isManager) return;
  const { url } = engine.address;
  const known = managers.length === 0 ? '' : ` (its managers are ${managers.join(', ')})`;
  throw new UserError(
    'NO_MANAGER',
    nodeId === undefined
      ? `The engine at ${url} is in no swarm: "docker swarm init" there makes it one, or name a manager.`
      : `The engine at ${url} is a worker of its swarm: name a manager${known}.`,
  );
}
