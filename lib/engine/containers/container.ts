import { type Duplex, Readable } from 'node:stream';
import { printableLine } from '../../text/printable.js';
import { UserError } from '../../text/user-error.js';
import { isRefusal } from '../client/errors.js';
import { anything, number, object, optional, type Shaped, text } from '../client/shape.js';
import { makerOf } from '../makers/index.js';
import type { Engine } from '../types.js';
import { removeContainer } from './remove.js';

export interface AttachOptions {
  stdin: boolean;
  stdout: boolean;
  stderr: boolean;
  detachKeys?: string;
}

const WAITED = object({ StatusCode: number, Error: optional(object({ Message: optional(text) })) });

const NOT_FOUND = 404;
const CONFLICT = 409;

/** A container that has been created. Calls reject with what the engine's client fails with. */
export class Container {
  readonly #engine: Engine;

  constructor(
    engine: Engine,
    readonly id: string,
    readonly name: string = id.slice(0, 12),
  ) {
    this.#engine = engine;
  }

  /** The connection for input and output: to be opened before the start, or the first output is missed. */
  attach({ stdin, stdout, stderr, detachKeys }: AttachOptions): Promise<Duplex> {
    const chosen = Object.entries({ stdin, stdout, stderr }).filter(([, wanted]) => wanted);
    const query = {
      stream: '1',
      ...Object.fromEntries(chosen.map(([name]) => [name, '1'])),
      ...(detachKeys && { detachKeys }),
    };
    return this.#engine.client.upgrade(`${this.#path}/attach`, { query });
  }

  /**
   * Its output in the frames of an attached connection: from the beginning and on, until it ends or `signal` aborts.
   *
   * @param choice `since` begins with what was written from then on, in seconds since 1970 by the engine's clock; `tail` leaves
   *   out all but so many lines; `follow: false` ends it with what there is
   */
  logs(
    signal: AbortSignal,
    choice: { follow?: boolean; tail?: string; since?: number } = {},
  ): Promise<Readable> {
    const { follow = true, tail = 'all', since } = choice;
    const query = {
      ...(follow && { follow: '1' }),
      ...(since !== undefined && { since: since.toFixed(3) }),
      ...{ tail, stdout: '1', stderr: '1' },
    };
    return this.#engine.client.stream('GET', `${this.#path}/logs`, { query, signal, mayBeSilent: true });
  }

  /**
   * Resolves once the engine watches the container, which must be before the start, to the promise of its exit
   * status.
   *
   * @param end what is waited for: `removal` where the engine removes the container at its end, since to one that has gone
   *   already Docker answers `next-exit` with an error; `not-running` of one that may have ended already
   */
  async watchExit(
    end: 'removal' | 'next-exit' | 'not-running',
    signal: AbortSignal,
  ): Promise<{ status: Promise<number> }> {
    // The engine sends the headers when it begins to wait, and the body with the status when the container has ended.
    const condition = end === 'removal' ? makerOf(await this.#engine.facts()).exitCondition : end;
    const options = { query: { condition }, signal, mayBeSilent: true };
    const { answer } = await this.#engine.client.begin('POST', `${this.#path}/wait`, WAITED, options);
    const status = answer.then(statusIn);
    // The caller awaits it later or never: until then its failure must not count as unhandled.
    status.catch(() => undefined);
    return { status };
  }

  async start(): Promise<void> {
    await this.#post('start');
  }

  /**
   * Puts the files of a tar archive into it.
   *
   * @param path the folder that the archive's own paths start from
   */
  async put(path: string, archive: Buffer): Promise<void> {
    const body = Readable.from([archive]);
    await this.#engine.client.json('PUT', `${this.#path}/archive`, anything, { query: { path }, body });
  }

  async resize({ rows, columns }: { rows: number; columns: number }): Promise<void> {
    await this.#post('resize', { h: String(rows), w: String(columns) });
  }

  async kill(signal: string): Promise<void> {
    await this.#post('kill', { signal }).catch(ignore(NOT_FOUND, CONFLICT));
  }

  /** SIGTERM (or the image's stop signal), and SIGKILL after as many seconds; without them as many as it was created with. */
  async stop(seconds?: number): Promise<void> {
    const query = seconds === undefined ? undefined : { t: String(seconds) };
    await this.#post('stop', query).catch(ignore(NOT_FOUND));
  }

  /** Removes it and its anonymous volumes, whatever its state: see `removeContainer`. */
  remove(): Promise<void> {
    return removeContainer(this.#engine, this.id);
  }

  async #post(action: string, query?: Record<string, string>): Promise<void> {
    await this.#engine.client.json('POST', `${this.#path}/${action}`, anything, { query });
  }

  get #path(): string {
    return `/containers/${this.id}`;
  }
}

function statusIn({ StatusCode, Error: failure }: Shaped<typeof WAITED>): number {
  if (!failure?.Message) return StatusCode;
  const reason = printableLine(failure.Message);
  const sentence = `The container ended, but the engine could not say how: ${reason}.`;
  throw new UserError('NO_EXIT_STATUS', sentence, { exitStatus: 125 });
}

function ignore(...statuses: number[]): (error: unknown) => void {
  return (error) => {
    if (!isRefusal(error, ...statuses)) throw error;
  };
}
