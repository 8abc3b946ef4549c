import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';

const BLOCK = 512;

/** A source whose images are damaged in a byte of their largest layer, as a broken disk damages them. */
export interface SpoilingSource extends AsyncDisposable {
  url: string;
}

/**
 * Stands before an engine: what that saves is handed on with a wrong byte, and no container is made, so that nothing is
 * read past it.
 *
 * @param socket the engine's
 */
export async function spoilingSource(socket: string): Promise<SpoilingSource> {
  const folder = mkdtempSync(join(tmpdir(), 'spoiling-source-'));
  const server = createServer((asked, answer) => {
    if (asked.url?.includes('/containers/create')) return void answer.writeHead(403).end('{"message":"no"}');
    const { method, url: path, headers } = asked;
    const onward = request({ socketPath: socket, method, path, headers }, (answered) => {
      void (path?.endsWith('/get') ? handOnSpoilt(answered, answer) : handOn(answered, answer));
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

async function handOnSpoilt(answered: IncomingMessage, answer: ServerResponse): Promise<void> {
  const archive = await buffer(answered);
  const { at, size } = largestFile(archive);
  if (size > 100_000) archive[at + 5_000] = (archive[at + 5_000] ?? 0) ^ 1;
  answer.writeHead(answered.statusCode ?? 500, answered.headers);
  answer.end(archive);
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
