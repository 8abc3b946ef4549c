import { randomBytes } from 'node:crypto';
import { TAR_END, tarFile } from '../../oci/tar-writer.js';
import type { RequestOptions } from '../client/modem.js';
import type { Engine } from '../types.js';
import { Container } from './container.js';
import { createContainer } from './create.js';
import { removeContainer } from './remove.js';

/** A program of ours in a container of its own. */
export interface ProgramContainer {
  /** ID of an image that the engine has: nothing of it runs. */
  image: string;
  /** The program, linked statically, in base64. */
  binary: string;
  arguments: readonly string[];
  /** `uid:gid` */
  user: string;
  labels: Readonly<Record<string, string>>;
  /** Of `HostConfig`, what is not the same for all such containers. */
  host: { NetworkMode: string } & Readonly<Record<string, unknown>>;
  /** Whether it is given input, and ends with it. */
  attached?: boolean;
}

const ATTACHED = {
  AttachStdin: true,
  AttachStdout: true,
  AttachStderr: true,
  OpenStdin: true,
  StdinOnce: true,
};

/**
 * Creates a container in which a program of ours will run, whatever is in the image: with no right but those that it is
 * given, without a log, and removed by the engine at its end.
 *
 * @param programFor is given a path that the image does not have, at which the program will be, and below which (`.d`, …)
 *   there is nothing either
 * @returns the container, not started; nothing is left where this fails
 */
export async function createProgramContainer(
  engine: Engine,
  programFor: (path: string) => ProgramContainer,
  options: Pick<RequestOptions, 'query' | 'signal'> = {},
): Promise<Container> {
  const name = `.gulp-dockerutils-${randomBytes(8).toString('hex')}`;
  const { image, binary, arguments: words, user, labels, host, attached } = programFor(`/${name}`);
  const body = {
    Image: image,
    Entrypoint: [`/${name}`],
    Cmd: words,
    User: user,
    WorkingDir: '/',
    Labels: labels,
    Healthcheck: { Test: ['NONE'] },
    // Podman would give it ten seconds where it is removed, and it does not end by a signal.
    StopTimeout: 0,
    ...(attached && ATTACHED),
    HostConfig: {
      AutoRemove: true,
      // The default driver would write all that it answers to the engine's disk.
      LogConfig: { Type: 'none', Config: {} },
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges', 'label=disable'],
      ...host,
    },
  };
  const { id } = await createContainer(engine, body, options);
  const container = new Container(engine, id);
  try {
    const program = tarFile(name, Buffer.from(binary, 'base64'), 0o755);
    await container.put('/', Buffer.concat([program, TAR_END]));
  } catch (error) {
    await removeContainer(engine, id).catch(() => undefined);
    throw error;
  }
  return container;
}
