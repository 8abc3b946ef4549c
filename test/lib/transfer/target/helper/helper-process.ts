import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { HELPER_BINARIES } from '../../../../../lib/transfer/target/helper/binaries.js';

/** This machine's architecture, as Go names it. */
export const native = process.arch === 'x64' ? 'amd64' : process.arch;

/** What stands in for the engine says on every connection. */
export const ANSWER = 'HTTP/1.1 200 OK';

export interface Outcome {
  /** What came over the connections, in order. */
  received: Buffer;
  /** What the program wrote. */
  output: string;
  complaint: string;
  status: number | null;
  signal: NodeJS.Signals | null;
}

/** The helper on this machine, and something in place of the engine. */
export interface HelperBench {
  /** Gives the program operations, and {@link ANSWER} on its connection as soon as what came over it ends with `until`. */
  run(operations: readonly Buffer[], root: string, until?: Buffer): Promise<Outcome>;
  close(): Promise<void>;
}

/** @param through a program that runs others' programs, such as an emulator */
export async function helperBench(
  architecture: string,
  through: readonly string[] = [],
): Promise<HelperBench> {
  const folder = await mkdtemp(join(tmpdir(), 'helper-test-'));
  const program = join(folder, 'rebuild');
  const socketPath = join(folder, 'socket');
  await writeFile(program, Buffer.from(HELPER_BINARIES[architecture]!, 'base64'), { mode: 0o755 });
  let take: (socket: Socket) => void = () => undefined;
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => take(socket));
  await once(server.listen(socketPath), 'listening');
  return {
    async run(operations, root, until = Buffer.alloc(0)) {
      const received: Buffer[] = [];
      take = (socket) => {
        let last = Buffer.alloc(0);
        socket.on('error', () => undefined);
        socket.on('data', (bytes) => {
          received.push(bytes);
          last = Buffer.concat([last, bytes]).subarray(-until.length);
          if (last.equals(until)) socket.end(ANSWER);
        });
        if (until.length === 0) socket.end(ANSWER);
      };
      const [command = '', ...words] = [...through, program, root, socketPath];
      const child = spawn(command, words);
      child.stdin.on('error', () => undefined); // It ended before it had read all.
      for (const bytes of operations) child.stdin.write(bytes);
      child.stdin.end();
      const [output, complaint, [status, signal]] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
      ]);
      return { received: Buffer.concat(received), output, complaint, status, signal };
    },
    async close() {
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
