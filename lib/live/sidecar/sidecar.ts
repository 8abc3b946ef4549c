import type { Duplex } from 'node:stream';
import { engineLost } from '../../engine/client/errors.js';
import type { SilenceWatch } from '../../engine/client/silence-watch.js';
import type { Container } from '../../engine/containers/container.js';
import { outputFrames } from '../../engine/containers/output-frames.js';
import { createProgramContainer } from '../../engine/containers/program-container.js';
import { removeContainer } from '../../engine/containers/remove.js';
import type { Engine } from '../../engine/types.js';
import { drained } from '../../system/drained.js';
import { printableLine } from '../../text/printable.js';
import { errorOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import { SYNC_BINARIES } from '../helper/binaries.js';
import { type Answer, AnswerReader, type Entry } from './answers.js';
import { ASK } from './operations.js';

export interface SidecarSpec {
  /** ID of the image of the container that it stands beside: nothing of it runs. */
  image: string;
  platform?: string;
  volumes: readonly string[];
  usernsMode: string;
  labels: Record<string, string>;
}

export interface SidecarEvents {
  onFailure: (failure: Extract<Answer, { kind: 'failure' }>) => void;
  /** It has ended, and was not closed: `ENGINE_LOST` where it was the connection that did, else `LIVE_FAILED`. */
  onEnd: (why: Error) => void;
}

/** What waits for its answer. */
interface Question {
  operation: Buffer;
  take: (answer: Answer) => void;
  fail: (why: Error) => void;
}

/** Bytes that are gathered before they are sent. */
const PORTION = 1 << 18;

/**
 * A container beside another one, in which a program of ours writes into its volumes. Input and output are those of an
 * attached container, so any connection to the engine will do; it ends by itself when that does.
 */
export class Sidecar {
  readonly #engine: Engine;
  readonly #id: string;
  readonly #stream: Duplex;
  readonly #events: SidecarEvents;
  readonly #watch: SilenceWatch;
  readonly #asked: Question[] = [];
  /** Questions that wait for the end of an operation that is written in pieces. */
  #held?: Question[];
  #listed: Entry[] = [];
  #gathered: Buffer[] = [];
  #size = 0;
  #complaint = '';
  #end?: Error;
  #closing = false;

  private constructor(engine: Engine, id: string, stream: Duplex, events: SidecarEvents) {
    this.#engine = engine;
    this.#id = id;
    this.#stream = stream;
    this.#events = events;
    this.#watch = engine.client.watch(`POST /containers/${id}/attach`);
    this.#watch.signal.addEventListener('abort', () => stream.destroy(errorOf(this.#watch.signal.reason)));
    void this.#read();
  }

  /** @throws {UserError} `LIVE_FAILED` for an engine that it cannot run on, and what the engine refuses */
  static async start(
    engine: Engine,
    spec: SidecarSpec,
    events: SidecarEvents,
    signal: AbortSignal,
  ): Promise<Sidecar> {
    const container = await create(engine, spec, signal);
    const { id } = container;
    try {
      const stream = await container.attach({ stdin: true, stdout: true, stderr: true });
      const sidecar = new Sidecar(engine, id, stream, events);
      signal.throwIfAborted();
      await container.start();
      await sidecar.settled();
      return sidecar;
    } catch (error) {
      await removeContainer(engine, id).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Has operations carried out, in the order of the calls. Resolves when there is room for more.
   *
   * @param isPiece whether the rest of an operation follows, before which nothing else may come
   */
  async write(operations: Buffer, isPiece = false): Promise<void> {
    if (this.#end) throw this.#end;
    this.#gathered.push(operations);
    this.#size += operations.length;
    const held = this.#held;
    this.#held = isPiece ? (held ?? []) : undefined;
    if (held && !isPiece && held.length > 0) this.#put(held);
    if (this.#size < PORTION || this.#send()) return;
    await drained(this.#stream);
  }

  /** Sends what has been gathered, and resolves when it has been carried out. */
  async settled(): Promise<void> {
    await this.ask(ASK);
  }

  /** Sends operations that are answered, and all before them. @returns the answers in their order */
  async ask(...operations: readonly Buffer[]): Promise<Answer[]> {
    if (this.#end) throw this.#end;
    const questions: Question[] = [];
    const answers = operations.map(
      (operation) => new Promise<Answer>((take, fail) => questions.push({ operation, take, fail })),
    );
    if (this.#held) this.#held.push(...questions);
    else this.#put(questions);
    return await Promise.all(answers);
  }

  #put(questions: readonly Question[]): void {
    this.#asked.push(...questions);
    this.#gathered.push(...questions.map(({ operation }) => operation));
    this.#send();
  }

  /** It takes no more. */
  get hasEnded(): boolean {
    return this.#end !== undefined;
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#watch.end();
    this.#stream.destroy();
    await removeContainer(this.#engine, this.#id);
  }

  /** @returns whether there is room for more */
  #send(): boolean {
    const all = this.#gathered;
    this.#gathered = [];
    this.#size = 0;
    return this.#stream.write(all.length === 1 ? all[0] : Buffer.concat(all));
  }

  async #read(): Promise<void> {
    const answers = new AnswerReader();
    // The loop below ends by an error, too.
    this.#stream.on('error', () => undefined);
    try {
      for await (const { stream, bytes } of this.#watch.over(outputFrames(this.#stream))) {
        if (stream === 'stderr') this.#complaint += bytes.toString();
        else for (const answer of answers.push(bytes)) this.#take(answer);
      }
      const complaint = printableLine(this.#complaint);
      // It says why it ends by itself; the end of its input, which a lost connection is, is the only other reason.
      this.#ended(complaint === '' ? this.#lost() : stopped(complaint));
    } catch (error) {
      this.#ended(error instanceof UserError ? error : this.#lost(error));
    }
  }

  #lost(cause?: unknown): UserError {
    return engineLost(this.#engine.address, `POST /containers/${this.#id}/attach`, cause);
  }

  #take(answer: Answer): void {
    if (answer.kind === 'failure') return this.#events.onFailure(answer);
    if (answer.kind === 'entry') return void this.#listed.push(answer.entry);
    const isList = answer.kind === 'listed';
    this.#asked.shift()?.take(isList ? { ...answer, entries: this.#listed } : answer);
    if (isList) this.#listed = [];
  }

  #ended(why: Error): void {
    this.#end = why;
    this.#watch.end();
    for (const { fail } of [...this.#asked.splice(0), ...(this.#held ?? [])]) fail(why);
    if (!this.#closing) this.#events.onEnd(why);
  }
}

function stopped(why: string): UserError {
  return new UserError('LIVE_FAILED', `The program that keeps files current there failed: ${why}.`);
}

async function create(engine: Engine, spec: SidecarSpec, signal: AbortSignal): Promise<Container> {
  const { image, platform, volumes, usernsMode, labels } = spec;
  const { arch, os } = await engine.facts();
  const binary = os === 'linux' ? SYNC_BINARIES[arch] : undefined;
  if (binary === undefined)
    throw new UserError(
      'LIVE_UNSUPPORTED',
      `Files cannot be kept current on ${engine.address.url}: its containers are ${os}/${arch}, and the program for that is made for linux/amd64 and linux/arm64.`,
    );
  return createProgramContainer(
    engine,
    (path) => {
      const roots = volumes.map((_, number) => `${path}.d/${number}`);
      return {
        image,
        binary,
        arguments: roots,
        user: '0:0',
        labels,
        attached: true,
        host: {
          NetworkMode: 'none',
          Mounts: volumes.map((volume, number) => ({
            Type: 'volume',
            Source: volume,
            Target: roots[number],
            VolumeOptions: { NoCopy: true },
          })),
          // To give files to the image's user, and to write where only that user may.
          CapAdd: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER'],
          UsernsMode: usernsMode,
        },
      };
    },
    { signal, query: platform ? { platform } : {} },
  );
}
