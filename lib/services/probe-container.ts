import { randomBytes } from 'node:crypto';
import { Container } from '../engine/containers/container.js';
import { createContainer } from '../engine/containers/create.js';
import type { Engine } from '../engine/types.js';
import { TAR_END, tarFile } from '../oci/tar-writer.js';
import type { Readiness } from '../project/index.js';
import { processMark } from '../system/process-mark.js';
import { UserError } from '../text/user-error.js';
import { GROUP_LABEL, OWNER_LABEL } from './labels.js';
import { PROBE_BINARIES } from './probe/binaries.js';

export interface Probed {
  /** The container, which runs. */
  containerId: string;
  /** Any image that the engine has: nothing of it runs. */
  image: string;
  /** Where others reach it. */
  address: string;
  group: string;
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
  { containerId, image, address, group }: Probed,
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
  const name = `.gulp-dockerutils-${randomBytes(8).toString('hex')}`;
  const port = String(ready.port);
  const { id } = await createContainer(engine, {
    Image: image,
    Entrypoint: [`/${name}`],
    Cmd: ready.kind === 'http' ? ['http', address, port, ready.path] : ['tcp', address, port],
    User: '65534:65534',
    WorkingDir: '/',
    Labels: { [GROUP_LABEL]: group, [OWNER_LABEL]: processMark() },
    Healthcheck: { Test: ['NONE'] },
    HostConfig: {
      AutoRemove: true,
      NetworkMode: `container:${containerId}`,
      LogConfig: { Type: 'none', Config: {} },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', 'label=disable'],
    },
  });
  const container = new Container(engine, id);
  try {
    await container.put('/', Buffer.concat([tarFile(name, Buffer.from(binary, 'base64'), 0o755), TAR_END]));
    signal.throwIfAborted();
    const { status } = await container.watchExit(false, signal);
    await container.start();
    const ended = await status;
    if (ended !== 0)
      throw new UserError(
        'NOT_PROBED',
        `Port ${port} of ${address} could not be asked: the program for it ended with ${ended}.`,
      );
  } finally {
    await container.remove();
  }
}
