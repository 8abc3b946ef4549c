import type { Metadata, ServerDuplexStream } from '@grpc/grpc-js';
import { status } from '@grpc/grpc-js';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import { walk } from '../context/walk.js';
import { isFile, type ContextEntry, type ContextSource } from '../context/source.js';
import type { Selection } from '../context/selection.js';
import { parsePattern, type Pattern } from '../context/pattern.js';
import { followLinks } from '../context/follow-links.js';
import { decodeRequest, encodeData, encodeEnd, encodeError, encodeStat } from './packets.js';
import { method, RAW, type SessionService } from './service.js';

/** A folder that the engine may ask for by name. */
export interface SyncedFolder {
  source: ContextSource;
  exclude?: readonly Pattern[];
  /** Counts up, where somebody wants to know. */
  sent?: SyncCount;
}

/** What has travelled so far. */
export interface SyncCount {
  /** Entries that were described to the engine. */
  entries: number;
  /** Files whose content the engine asked for. */
  files: number;
  /** Bytes of that content. */
  bytes: number;
}

export const noneSent = (): SyncCount => ({ entries: 0, files: 0, bytes: 0 });

/** The engine could not take what it was sent; why is what the build fails with. */
class RefusedByEngine extends Error {}

type Call = ServerDuplexStream<Buffer, Buffer>;

/** Entries described before other work of the process gets its turn. */
const BATCH = 2000;

/**
 * BuildKit's FileSync: the engine gets a description of every wanted file, and asks for the content of those it does
 * not have from an earlier build.
 * @param folders by the name that the engine asks for: `context`, `dockerfile`
 * @param failed hears of what the engine cannot be told in full: why a file could not be sent
 */
export function fileSyncService(
  folders: ReadonlyMap<string, SyncedFolder>,
  failed: (error: unknown) => void,
): SessionService {
  const diffCopy = (call: Call) => {
    const folder = folders.get(String(call.metadata.get('dir-name')[0]));
    if (!folder) {
      call.emit('error', { code: status.NOT_FOUND, details: 'no such folder in this session' });
      return;
    }
    serve(call, folder).catch((error: unknown) => {
      if (call.cancelled) return;
      if (!(error instanceof RefusedByEngine)) failed(error);
      call.write(encodeError(error instanceof Error ? error.message : String(error)));
      call.end();
    });
  };
  return {
    definition: { DiffCopy: method('/moby.filesync.v1.FileSync/DiffCopy', RAW, RAW, true) },
    implementation: { DiffCopy: diffCopy },
  };
}

async function serve(call: Call, folder: SyncedFolder): Promise<void> {
  const files = new Map<number, ContextEntry>();
  const count = folder.sent ?? noneSent();
  await Promise.all([
    describe(call, folder, files, count),
    answer(call, async (id) => {
      const entry = files.get(id);
      if (!entry) throw new Error(`The engine asked for a file that it was not told of (${id}).`);
      await sendFile(call, folder.source, id, entry, count);
    }),
  ]);
  if (call.cancelled) return;
  call.write(encodeEnd());
  call.end();
}

/** Tells the engine of every wanted entry, remembering by number those whose content it may ask for. */
async function describe(
  call: Call,
  folder: SyncedFolder,
  files: Map<number, ContextEntry>,
  count: SyncCount,
) {
  let id = 0;
  for (const entry of walk(folder.source, selection(call.metadata, folder))) {
    if (isFile(entry)) files.set(id, entry);
    id++;
    count.entries++;
    const flowing = call.write(encodeStat(entry));
    if (hasEnded(call)) return;
    if (id % BATCH === 0) await (flowing ? setImmediate() : drained(call));
  }
  call.write(encodeStat());
}

/** Answers requests in their order until the engine says that it has everything. */
function answer(call: Call, send: (id: number) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    let sending = Promise.resolve();
    call.on('data', (packet: Buffer) => {
      const request = decodeRequest(packet);
      if (request.type === 'error') reject(new RefusedByEngine(request.message));
      else if (request.type === 'end') sending.then(resolve, reject);
      else {
        sending = sending.then(() => send(request.id));
        sending.catch(reject);
      }
    });
    call.once('end', resolve);
    call.once('cancelled', resolve);
    call.once('error', reject);
  });
}

async function sendFile(
  call: Call,
  source: ContextSource,
  id: number,
  entry: ContextEntry,
  count: SyncCount,
) {
  count.files++;
  for (const piece of source.content(entry)) {
    count.bytes += piece.length;
    if (hasEnded(call)) return;
    if (!call.write(encodeData(id, piece))) await drained(call);
  }
  call.write(encodeData(id));
}

function hasEnded(call: Call): boolean {
  return call.cancelled || call.writableEnded;
}

async function drained(call: Call): Promise<void> {
  const given = new AbortController();
  const { signal } = given;
  await Promise.race([once(call, 'drain', { signal }), once(call, 'close', { signal })]);
  given.abort();
}

/** Which paths the engine wants: those of the instructions, without what the ignore file leaves out. */
function selection(metadata: Metadata, folder: SyncedFolder): Selection {
  const follow = list(metadata, 'followpaths');
  const include = list(metadata, 'include-patterns').concat(
    follow.length > 0 ? followLinks(folder.source, follow) : [],
  );
  return {
    include: include.flatMap((text) => parsePattern(text) ?? []),
    exclude: isForIgnoreFile(follow) ? [] : folder.exclude,
  };
}

/** The engine reads the ignore file itself, before anything can be left out. */
function isForIgnoreFile(follow: readonly string[]): boolean {
  return follow.length === 1 && follow[0] === '.dockerignore';
}

/** Repeated values of a header come joined; where they were not ASCII, each is encoded as in a query. */
function list(metadata: Metadata, key: string): string[] {
  const values = metadata.get(key).flatMap((value) => String(value).split(', '));
  if (metadata.get(`${key}-encoded`)[0] !== '1') return values;
  return values.map((value) => decodeURIComponent(value.replaceAll('+', ' ')));
}
