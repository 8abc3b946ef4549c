import { isRefusal } from '../engine/client/errors.js';
import { object, text } from '../engine/client/shape.js';
import type { Engine } from '../engine/types.js';
import { TarReader } from '../oci/tar-reader.js';
import { bytesOf } from '../text/bytes.js';
import { UserError } from '../text/user-error.js';
import type { Owner } from './sidecar/operations.js';

const INSPECTED = object({ Image: text, Config: object({ User: text }) });

/** What a created container says of itself. */
export interface CreatedFacts {
  /** Its image's ID. */
  image: string;
  /** `USER` of the image, or what the run says instead: empty, or name or number of a user, and of a group. */
  user: string;
}

export async function inspectCreated(engine: Engine, id: string): Promise<CreatedFacts> {
  const { Image, Config } = await engine.client.json('GET', `/containers/${id}/json`, INSPECTED);
  return { image: Image, user: Config.User };
}

/**
 * Numbers of the user that a container runs as, by the container's own /etc/passwd and /etc/group, as the engine itself
 * looks them up.
 *
 * @throws {UserError} `UNKNOWN_USER`
 */
export async function ownerOf(engine: Engine, id: string, user: string): Promise<Owner> {
  const [name = '', group = ''] = user.split(':');
  if (isNumber(name) && isNumber(group)) return { user: Number(name), group: Number(group) };
  const found = await userOf(engine, id, name);
  return { ...found, ...(group !== '' && { group: await groupOf(engine, id, group) }) };
}

/** A user and its own group. */
async function userOf(engine: Engine, id: string, name: string): Promise<Owner> {
  if (name === '') return { user: 0, group: 0 };
  const entry = findEntry(await fileOf(engine, id, '/etc/passwd'), name);
  if (!entry && !isNumber(name)) throw unknown('user', name, '/etc/passwd');
  const [, , number = name, group = '0'] = entry ?? [];
  return { user: Number(number), group: Number(group) };
}

async function groupOf(engine: Engine, id: string, group: string): Promise<number> {
  if (isNumber(group)) return Number(group);
  const entry = findEntry(await fileOf(engine, id, '/etc/group'), group);
  if (!entry) throw unknown('group', group, '/etc/group');
  return Number(entry[2]);
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

/** passwd(5), group(5): of both the name is the first field, and the number the third. */
function findEntry(file: string, name: string): string[] | undefined {
  const entries = file.split('\n').map((line) => line.split(':'));
  return entries.find((fields) => fields[0] === name || (isNumber(name) && fields[2] === name));
}

function unknown(what: string, name: string, file: string): UserError {
  return new UserError(
    'UNKNOWN_USER',
    `The image's ${what} ${JSON.stringify(name)} is not in its ${file}, so that it is not known whom files shall belong to: ` +
      'write a number, in USER of the Dockerfile or as --user in "args".',
  );
}

/** A small file of a container, empty where there is none. */
async function fileOf(engine: Engine, id: string, path: string): Promise<string> {
  try {
    const archive = await engine.client.stream('GET', `/containers/${id}/archive`, { query: { path } });
    const reader = new TarReader();
    const content: Buffer[] = [];
    for await (const chunk of archive)
      for (const { bytes, of } of reader.push(bytesOf(chunk))) if (of) content.push(bytes);
    return Buffer.concat(content).toString();
  } catch (error) {
    if (isRefusal(error, 404)) return '';
    throw error;
  }
}
