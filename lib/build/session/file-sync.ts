import { setImmediate } from 'node:timers/promises';
import { parsePattern, type Pattern } from '../../ignore/pattern.js';
import type { Selection } from '../../ignore/selection.js';
import { messageOf } from '../../text/thrown.js';
import { followLinks } from '../context/follow-links.js';
import { type ContextEntry, type ContextSource, isFile } from '../context/source.js';
import { walk } from '../context/walk.js';
import type { GrpcMethods } from './grpc.js';
import { type GrpcCall, GrpcError, readQuestion, STATUS } from './grpc-call.js';
import { decodeRequest, encodeData, encodeEnd, encodeError, encodeStat } from './packets.js';

/** A folder that the engine may ask for by name. */
export interface SyncedFolder {
  source: ContextSource;
  exclude?: readonly Pattern[];
  /** Counts what is sent, for whoever shows it; optional. */
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

/** Entries described before other work of the process gets its turn. */
const BATCH = 2000;

/**
 * BuildKit's FileSync: the engine gets a description of every wanted file, and asks for the content of those it does
 * not have from an earlier build.
 * @param folders by the name that the engine asks for: `context`, `dockerfile`
 * @param failed called with the whole reason why a file could not be sent; the engine gets a short one
 */
export function fileSyncService(
  folders: ReadonlyMap<string, SyncedFolder>,
  failed: (error: unknown) => void,
): GrpcMethods {
  const diffCopy = async (call: GrpcCall) => {
    const folder = folders.get(call.metadata('dir-name')[0] ?? '');
    if (!folder) throw new GrpcError(STATUS.notFound, 'no such folder in this session');
    try {
      await serve(call, folder);
    } catch (error) {
      if (call.closed || error instanceof RefusedByEngine) return;
      if (error instanceof GrpcError) throw error;
      failed(error);
      call.send(encodeError(messageOf(error)));
    }
  };
  return { '/moby.filesync.v1.FileSync/DiffCopy': diffCopy };
}

async function serve(call: GrpcCall, folder: SyncedFolder): Promise<void> {
  const files = new Map<number, ContextEntry>();
  const count = folder.sent ?? noneSent();
  const wanted = answer(call, async (id) => {
    const entry = files.get(id);
    if (!entry) throw new GrpcError(STATUS.notFound, `there is no file of the number ${id} in the context`);
    await sendFile(call, folder.source, { id, entry }, count);
  });
  await Promise.all([describe(call, folder, files, count), wanted]);
}

/** Tells the engine of every wanted entry, remembering by number those whose content it may ask for. */
async function describe(
  call: GrpcCall,
  folder: SyncedFolder,
  files: Map<number, ContextEntry>,
  count: SyncCount,
) {
  let id = 0;
  const selected = readQuestion(() => selection(call, folder));
  for (const entry of walk(folder.source, selected)) {
    if (isFile(entry)) files.set(id, entry);
    id++;
    count.entries++;
    const flowing = call.send(encodeStat(entry));
    if (call.closed) return;
    if (id % BATCH === 0) await (flowing ? setImmediate() : call.drained());
  }
  call.send(encodeStat());
}

/** Answers requests in their order until the engine says that it has everything. */
async function answer(call: GrpcCall, send: (id: number) => Promise<void>): Promise<void> {
  for await (const packet of call) {
    const request = decodeRequest(packet);
    if (request.type === 'error') throw new RefusedByEngine(request.message);
    if (request.type === 'end') return void call.send(encodeEnd());
    await send(request.id);
  }
}

async function sendFile(
  call: GrpcCall,
  source: ContextSource,
  { id, entry }: { id: number; entry: ContextEntry },
  count: SyncCount,
) {
  count.files++;
  for (const piece of source.content(entry)) {
    count.bytes += piece.length;
    if (call.closed) return;
    if (!call.send(...encodeData(id, piece))) await call.drained();
  }
  call.send(...encodeData(id));
}

/** Which paths the engine wants: those of the instructions, without what the ignore file leaves out. */
function selection(call: GrpcCall, folder: SyncedFolder): Selection {
  const follow = list(call, 'followpaths');
  // Looked at as a whole, so that one that cannot be read is named as it stands in the Dockerfile.
  follow.forEach(readPattern);
  const include = list(call, 'include-patterns').concat(
    follow.length > 0 ? followLinks(folder.source, follow) : [],
  );
  // BuildKit asks for the ignore file itself without exclude patterns: then nothing may be left out.
  const leavesOut = call.metadata('exclude-patterns').length > 0;
  return {
    include: include.flatMap((text) => readPattern(text) ?? []),
    exclude: leavesOut ? folder.exclude : [],
  };
}

function readPattern(text: string): Pattern | undefined {
  try {
    return parsePattern(text);
  } catch (error) {
    const remedy = 'in front of a character that is meant as it is, write a "\\"';
    throw new SyntaxError(
      `no file can be named by ${JSON.stringify(text)}, for ${messageOf(error)}: ${remedy}`,
      { cause: error },
    );
  }
}

/** Values that are not ASCII come encoded as in a query. */
function list(call: GrpcCall, key: string): string[] {
  const values = call.metadata(key);
  if (call.metadata(`${key}-encoded`)[0] !== '1') return values;
  return values.map((value) => decodeURIComponent(value.replaceAll('+', ' ')));
}
