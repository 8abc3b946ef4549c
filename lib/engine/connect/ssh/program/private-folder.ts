import { randomBytes } from 'node:crypto';
import { accessSync, constants, statSync } from 'node:fs';
import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { UserError } from '../../../../text/user-error.js';

/** A folder that this process alone uses, for as long as it lives or until it is released. */
export interface PrivateFolder {
  path: string;
  /** Removes it with all that is in it. */
  release(): Promise<void>;
}

/** Longest temporary folder under which the path of a control socket, with what ssh adds to it, stays within its limit. */
const LONGEST_PARENT = 50;

/**
 * In an option of ssh a blank ends the word, a quote begins one, `%h` and `${NAME}` are expanded, and a colon ends the
 * path of a forward.
 */
const PLAIN_PATH = /^[\w./+@,-]+$/;

const NAME = /^dockerutils-[0-9a-f]{12}$/;
/** Name of a folder that is not yet complete: it has no socket yet that tells whether its process lives. */
const NEW_NAME = /^dockerutils-new-[0-9a-f]{12}$/;
/** Milliseconds after which an incomplete folder counts as a leftover. */
const MAKING_TIME = 3_600_000;

/**
 * Socket that is answered for as long as the process that owns the folder lives. Process numbers would not do: a
 * process in another container may share the folder.
 */
function signOfLife(folder: string): string {
  // Windows has no sockets in folders, but pipes, which go with their process.
  return process.platform === 'win32' ? `\\\\.\\pipe\\${basename(folder)}` : join(folder, 'alive');
}

/**
 * Makes a folder for the files of a login, and removes those of processes that were killed.
 *
 * @param parent where it is made; unless given, one in which it may hold the sockets of ssh
 * @throws {UserError} `TEMPORARY_FOLDER` where no temporary folder can be used
 */
export async function privateFolder(parent = temporaryFolder()): Promise<PrivateFolder> {
  await removeLeftovers(parent);
  const id = randomBytes(6).toString('hex');
  const making = join(parent, `dockerutils-new-${id}`);
  const path = join(parent, `dockerutils-${id}`);
  await mkdir(making, { mode: 0o700 });
  // Renamed only now, so that a folder of the final name always has its sign of life.
  const server = await listen(process.platform === 'win32' ? signOfLife(path) : signOfLife(making));
  await rename(making, path);
  return {
    path,
    async release() {
      server.close();
      await rm(path, { recursive: true, force: true });
    },
  };
}

function temporaryFolder(): string {
  const named = tmpdir();
  const isUsable = (folder: string) =>
    folder.length <= LONGEST_PARENT && PLAIN_PATH.test(folder) && isWritableFolder(folder);
  const folder = [named, '/tmp'].find(isUsable);
  if (folder !== undefined) return folder;
  throw new UserError(
    'TEMPORARY_FOLDER',
    `Neither ${named} nor /tmp can hold the sockets of an ssh login: set TMPDIR to a folder that you may write to, ` +
      `whose path has at most ${LONGEST_PARENT} characters and no blanks.`,
  );
}

function isWritableFolder(path: string): boolean {
  try {
    accessSync(path, constants.W_OK | constants.X_OK);
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

async function removeLeftovers(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    // A folder of another user cannot be removed; the failure is ignored.
    if (await isLeftover(name, path)) await rm(path, { recursive: true }).catch(() => undefined);
  }
}

async function isLeftover(name: string, path: string): Promise<boolean> {
  if (NAME.test(name)) return !(await isAlive(signOfLife(path)));
  if (!NEW_NAME.test(name)) return false;
  const made = await stat(path).catch(() => undefined);
  return made !== undefined && Date.now() - made.mtimeMs > MAKING_TIME;
}

/** Whether a process listens on the socket. If that cannot be found out (permissions, perhaps), it counts as yes. */
function isAlive(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = connect(socket);
    connection.once('connect', () => {
      connection.destroy();
      resolve(true);
    });
    connection.once('error', ({ code }: NodeJS.ErrnoException) =>
      resolve(code !== 'ECONNREFUSED' && code !== 'ENOENT'),
    );
  });
}

function listen(path: string): Promise<Server> {
  const server = createServer((connection) => connection.destroy());
  // The listening socket must not keep this process alive.
  server.unref();
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve(server));
  });
}
