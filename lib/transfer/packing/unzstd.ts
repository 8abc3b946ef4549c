import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type Duplex, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { makerOf } from '../../engine/makers/index.js';
import type { EngineFacts } from '../../engine/types.js';
import type { Blob } from '../../oci/blob.js';
import { programPath } from '../../system/programs.js';
import { errorOf } from '../../text/thrown.js';
import { ZstdFrames } from './zstd-frames.js';

/** `ZSTD_d_windowLogMax`, and its value: packed with any window, it is unpacked. */
const WINDOW_LOG_MAX = 100;
const LARGEST_WINDOW = 31;

type CreateDecoder = (options: object) => Duplex;

/** Makes a decoder, from Node 22.15 on. */
export const createUnzstd: CreateDecoder | undefined =
  'createZstdDecompress' in zlib && isFunction(zlib.createZstdDecompress)
    ? zlib.createZstdDecompress
    : undefined;

/** Whether an engine unpacks layers that are kept as zstd. */
export function readsZstd(facts: EngineFacts): boolean {
  return makerOf(facts).unpacksZstd(facts.version);
}

export function isZstd({ mediaType }: Blob): boolean {
  return /\bzstd$/.test(mediaType);
}

/** Whether there is something here that unpacks zstd: this Node (from 22.15 on), or the program of that name. */
export async function canUnzstd(): Promise<boolean> {
  return createUnzstd !== undefined || (await hasProgram());
}

/** What was packed as zstd. The program does it where there is one: it is what wrote most of it. */
export async function* unzstd(content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  yield* (await hasProgram()) || !createUnzstd ? byProgram(content) : byNode(content, createUnzstd);
}

/** @param create makes a decoder of this Node */
export async function* byNode(
  content: AsyncIterable<Buffer> | Iterable<Buffer>,
  create: CreateDecoder,
): AsyncGenerator<Buffer> {
  const plain = create({ params: { [WINDOW_LOG_MAX]: LARGEST_WINDOW } });
  const flow = pipeline(Readable.from(frames(content)), plain);
  flow.catch(() => undefined); // The loop fails with the same error.
  const chunks: AsyncIterable<Buffer> = plain;
  yield* chunks;
  await flow;
}

async function* frames(content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  const cut = new ZstdFrames();
  for await (const bytes of content) yield* cut.push(bytes);
}

export async function* byProgram(content: AsyncIterable<Buffer> | Iterable<Buffer>): AsyncGenerator<Buffer> {
  const packed = Readable.from(content, { objectMode: false });
  const words = ['--decompress', '--stdout', '--quiet', `--long=${LARGEST_WINDOW}`];
  const program = spawn(programPath('zstd', process.env) ?? 'zstd.exe', words, { stdio: 'pipe' });
  const ended = once(program, 'close');
  ended.catch(() => undefined); // Awaited below.
  const complaint = text(program.stderr);
  // Where the program ends early, its status tells more than the pipe that broke.
  const fed = pipeline(packed, program.stdin).catch((error: unknown) => error);
  try {
    const chunks: AsyncIterable<Buffer> = program.stdout;
    yield* chunks;
    const ending: unknown[] = await ended;
    const [status] = ending;
    if (status !== 0) throw new Error(`zstd cannot unpack a layer (${(await complaint).trim()})`);
    const failure = await fed;
    if (failure !== undefined) throw errorOf(failure);
  } finally {
    program.kill();
    packed.destroy();
  }
}

let asked: Promise<boolean> | undefined;

/** Whether the program is there; looked for once, not for each layer. */
function hasProgram(): Promise<boolean> {
  return (asked ??= runsProgram());
}

async function runsProgram(): Promise<boolean> {
  try {
    const path = programPath('zstd', process.env);
    if (path === undefined) return false;
    const program = spawn(path, ['--version'], { stdio: 'ignore' });
    const ending: unknown[] = await once(program, 'close');
    const [status] = ending;
    return status === 0;
  } catch {
    return false;
  }
}

function isFunction(value: unknown): value is CreateDecoder {
  return typeof value === 'function';
}
