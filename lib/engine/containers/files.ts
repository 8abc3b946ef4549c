import { posix } from 'node:path';
import { Readable } from 'node:stream';
import { filesOfTar, type TarFile } from '../../oci/tar-files.js';
import { messageOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { engineLost, isRefusal, wrongAnswer } from '../client/errors.js';
import { steady, Stopped } from '../client/steady.js';
import type { Engine } from '../types.js';

/** As many links as a path may be made of, as in Linux. */
const LINKS = 40;

const NOT_FOUND = 404;

/**
 * What there is at a path of a container, running or not, its mounts included: the file, or the folder and all below it.
 * Paths are relative to it, the empty one is it. A path that is a link is that which the link leads to.
 *
 * @returns undefined where there is nothing
 * @throws {UserError} `ENGINE_ANSWER` for an archive with names that lead out of it
 */
export async function containerFiles(
  engine: Engine,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncGenerator<TarFile> | undefined> {
  for (let at = path, links = 0; links <= LINKS; links++) {
    const files = await open(engine, containerId, at, signal);
    const first = await files?.next();
    if (!files || !first || first.done) return undefined;
    const { kind, path: own, target } = first.value;
    if (kind !== 'link' || own !== '') return from(first.value, files);
    await files.return(undefined);
    at = posix.resolve(posix.dirname(at), target);
  }
  return undefined;
}

async function* from(first: TarFile, rest: AsyncGenerator<TarFile>): AsyncGenerator<TarFile> {
  yield first;
  yield* rest;
}

async function open(
  engine: Engine,
  containerId: string,
  path: string,
  signal: AbortSignal,
): Promise<AsyncGenerator<TarFile> | undefined> {
  const place = `/containers/${containerId}/archive`;
  try {
    const archive = await engine.client.stream('GET', place, { query: { path }, signal });
    return relative(archive, posix.basename(path), { engine, request: `GET ${place}`, signal });
  } catch (error) {
    if (isRefusal(error, NOT_FOUND)) return undefined;
    throw error;
  }
}

/** The engine names everything by the last name of the path, and nothing else. */
async function* relative(
  archive: Readable,
  base: string,
  { engine: { address }, request, signal }: { engine: Engine; request: string; signal: AbortSignal },
): AsyncGenerator<TarFile> {
  const own = (path: string) => {
    if (base === '' || path === '') return path;
    if (path === base) return '';
    if (path.startsWith(`${base}/`)) return path.slice(base.length + 1);
    throw wrongAnswer(address, request, `an archive of something else than ${base}`);
  };
  try {
    for await (const file of filesOfTar(Readable.from(steady(archive), { objectMode: false }))) {
      const target = file.kind === 'hard link' ? own(file.target) : file.target;
      yield { ...file, path: own(file.path), target };
    }
  } catch (error) {
    if (error instanceof UserError || signal.aborted) throw error;
    if (error instanceof Stopped) throw engineLost(address, request, error, 'fell silent');
    throw wrongAnswer(address, request, `an archive that is none: ${messageOf(error)}`);
  } finally {
    archive.destroy();
  }
}
