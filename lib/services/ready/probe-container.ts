import { createProgramContainer } from '../../engine/containers/program-container.js';
import type { Engine } from '../../engine/types.js';
import type { Readiness } from '../../project/index.js';
import { PROJECT_LABEL } from '../../run/labels.js';
import { processMark } from '../../system/process-mark.js';
import { UserError } from '../../text/user-error.js';
import { OWNER_LABEL } from '../labels.js';
import { PROBE_BINARIES } from './probe/binaries.js';
import type { Removals } from './removals.js';

export interface Probed {
  /** The container, which runs. */
  containerId: string;
  /** Any image that the engine has: nothing of it runs. */
  image: string;
  /** Where others reach it. */
  address: string;
  group: string;
  /** Get that of the program's container: who waits for the port alone does not wait for it. */
  removals: Removals;
}

/**
 * Waits until a port of a container takes connections, or answers: by a program of ours, which shares its network. Neither
 * must the port be published nor the image have a shell.
 *
 * @param signal ends it
 * @throws {UserError} `NOT_PROBED` where it cannot be asked
 */
export async function probe(
  engine: Engine,
  { containerId, image, address, group, removals }: Probed,
  ready: Extract<Readiness, { port: number }>,
  signal: AbortSignal,
): Promise<void> {
  const { arch } = await engine.facts();
  const binary = PROBE_BINARIES[arch];
  if (binary === undefined)
    throw new UserError(
      'NOT_PROBED',
      `There is no program that asks ports on an engine for ${arch}: say ready=log "…" or ready=healthy.`,
    );
  const port = String(ready.port);
  const container = await createProgramContainer(engine, () => ({
    image,
    binary,
    arguments: ready.kind === 'http' ? ['http', address, port, ready.path] : ['tcp', address, port],
    user: '65534:65534',
    labels: { [PROJECT_LABEL]: group, [OWNER_LABEL]: processMark() },
    host: { NetworkMode: `container:${containerId}` },
  }));
  try {
    signal.throwIfAborted();
    const { status } = await container.watchExit('next-exit', signal);
    await container.start();
    const ended = await status;
    if (ended !== 0)
      throw new UserError(
        'NOT_PROBED',
        `Port ${port} of ${address} could not be asked: the program for it ended with ${ended}.`,
      );
  } finally {
    removals.add(container.remove());
  }
}
