import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RELAY_BINARIES } from '../../../../../lib/transfer/target/relay/binaries.js';
import { type Frame, frameHead, FrameReader } from '../../../../../lib/transfer/target/relay/frames.js';
import { until } from '../../../../until.js';

/** This machine's architecture, as Go names it. */
export const native = process.arch === 'x64' ? 'amd64' : process.arch;

/** The program on this machine, and something in place of its engine. */
export interface RelayProcess extends AsyncDisposable {
  send(type: string, first?: number, second?: number, bytes?: Buffer): void;
  /** The next frame of a type; others before it are passed over. */
  next(type: string): Promise<Frame>;
  /** All that came over connections to the engine. */
  received(): Buffer;
  /** The engine reads nothing, or goes on. */
  pause(paused: boolean): void;
  /** The engine says a last word on each connection. */
  answer(text: string): void;
  /** What it says when it has ended by itself, and its status. */
  ended(): Promise<{ complaint: string; status: number | null }>;
  kill(): void;
}

export async function relayProcess(): Promise<RelayProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'relay-test-'));
  const [program, socketPath] = [join(folder, 'relay'), join(folder, 'socket')];
  await writeFile(program, Buffer.from(RELAY_BINARIES[native]!, 'base64'), { mode: 0o755 });
  const received: Buffer[] = [];
  const sockets = new Set<Socket>();
  let isPaused = false;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (bytes) => received.push(bytes));
    if (isPaused) socket.pause();
  });
  await once(server.listen(socketPath), 'listening');
  const child = spawn(program, [socketPath]);
  const exited = once(child, 'exit') as Promise<[number | null]>;
  child.stdin.on('error', () => undefined); // It ended before it had read all.
  const [reader, frames] = [new FrameReader(), [] as Frame[]];
  let complaint = '';
  child.stdout.on('data', (bytes: Buffer) => frames.push(...reader.push(bytes)));
  child.stderr.on('data', (bytes: Buffer) => (complaint += bytes.toString()));
  return {
    send(type, first = 0, second = 0, bytes = Buffer.alloc(0)) {
      child.stdin.write(Buffer.concat([frameHead(type, first, second, bytes.length), bytes]));
    },
    async next(type) {
      await until(`a frame ${type}`, () => Promise.resolve(frames.some((frame) => frame.type === type)));
      const at = frames.findIndex((frame) => frame.type === type);
      const [found] = frames.splice(0, at + 1).slice(-1);
      return found!;
    },
    received: () => Buffer.concat(received),
    pause(paused) {
      isPaused = paused;
      for (const socket of sockets) socket[paused ? 'pause' : 'resume']();
    },
    answer(text) {
      for (const socket of sockets) socket.end(text);
    },
    async ended() {
      const [status] = await exited;
      return { complaint, status };
    },
    kill: () => void child.kill('SIGKILL'),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
      for (const socket of sockets) socket.destroy();
      server.close();
      await rm(folder, { recursive: true });
    },
  };
}
