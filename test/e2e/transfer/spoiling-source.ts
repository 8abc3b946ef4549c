import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

const BLOCK = 512;

/** A source whose images are damaged in their largest layer. */
export interface SpoilingSource extends AsyncDisposable {
  url: string;
}

/** A wrong byte, as a broken disk gives; or a file that is said to be longer than it is, and goes on with nothing. */
export type Damage = 'a wrong byte' | 'a wrong length';

/**
 * Stands before an engine: what that saves is handed on damaged, and no container is made, so that nothing is read past
 * it.
 *
 * @param socket the engine's
 */
export async function spoilingSource(socket: string, damage: Damage): Promise<SpoilingSource> {
  const folder = mkdtempSync(join(tmpdir(), 'spoiling-source-'));
  const server = createServer((asked, answer) => {
    if (asked.url?.includes('/containers/create')) return void answer.writeHead(403).end('{"message":"no"}');
    const { method, url: path, headers } = asked;
    const onward = request({ socketPath: socket, method, path, headers }, (answered) => {
      void (path?.endsWith('/get') ? handOnSpoilt(answered, answer, damage) : handOn(answered, answer));
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  const path = join(folder, 'docker.sock');
  await once(server.listen(path), 'listening');
  return {
    url: `unix://${path}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      rmSync(folder, { recursive: true });
    },
  };
}

function handOn(answered: IncomingMessage, answer: ServerResponse): void {
  answer.writeHead(answered.statusCode ?? 500, answered.headers);
  answered.pipe(answer);
}

async function handOnSpoilt(
  answered: IncomingMessage,
  answer: ServerResponse,
  damage: Damage,
): Promise<void> {
  const archive = await buffer(answered);
  const { at, size } = largestFile(archive);
  answer.writeHead(answered.statusCode ?? 500, answered.headers);
  if (size < LARGE) return void answer.end(archive);
  if (damage === 'a wrong byte') {
    archive[at + 5_000] = (archive[at + 5_000] ?? 0) ^ 1;
    return void answer.end(archive);
  }
  lengthen(archive.subarray(at - BLOCK, at), size + 2 * TOO_MUCH);
  answer.end(Buffer.concat([archive.subarray(0, at + size), Buffer.alloc(TOO_MUCH)]));
}

/** Bytes from which a file is the layer that is meant. */
const LARGE = 100_000;

/** Bytes that come behind a file that is said to be even longer. */
const TOO_MUCH = 4_000_000;

/** Writes another length into a tar header, and its sum anew. */
function lengthen(header: Buffer, size: number): void {
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124, 'latin1');
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
}

/** Where the content of the largest file of a tar archive begins, and its length. */
function largestFile(archive: Buffer): { at: number; size: number } {
  let largest = { at: 0, size: 0 };
  for (let at = 0; at + BLOCK <= archive.length;) {
    const size = parseInt(archive.toString('latin1', at + 124, at + 136), 8) || 0;
    at += BLOCK;
    if (size > largest.size) largest = { at, size };
    at += Math.ceil(size / BLOCK) * BLOCK;
  }
  return largest;
}
