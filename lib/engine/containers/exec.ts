import type { Duplex } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { anything, flag, number, object, optional, text } from '../client/shape.js';
import type { Engine } from '../types.js';

export interface ExecOptions {
  command: readonly string[];
  /** The container's own unless given. */
  user?: string;
  /** Whether it has a terminal. */
  tty: boolean;
  takesInput: boolean;
  detachKeys: string;
}

const CREATED = object({ Id: text });
const INSPECTED = object({ Running: flag, ExitCode: optional(number) });

/** Milliseconds between two questions whether a program whose output has ended has ended, too. */
const PAUSE = 20;
const LONGEST_PAUSE = 500;

/** A program within a container that runs, beside the one that the container is of. */
export class Exec {
  readonly #engine: Engine;
  readonly #id: string;
  readonly #tty: boolean;

  private constructor(engine: Engine, id: string, tty: boolean) {
    this.#engine = engine;
    this.#id = id;
    this.#tty = tty;
  }

  /** Creates it; whoever starts it is connected with its input and output. */
  static async create(engine: Engine, containerId: string, options: ExecOptions): Promise<Exec> {
    const { command, user, tty, takesInput, detachKeys } = options;
    const body = {
      AttachStdin: takesInput,
      AttachStdout: true,
      AttachStderr: true,
      Tty: tty,
      Cmd: command,
      DetachKeys: detachKeys,
      ...(user !== undefined && { User: user }),
    };
    const { Id } = await engine.client.json('POST', `/containers/${containerId}/exec`, CREATED, { body });
    return new Exec(engine, Id, tty);
  }

  /** Starts it. @returns the connection for its input and output, as that of an attached container */
  start(): Promise<Duplex> {
    const body = { Detach: false, Tty: this.#tty };
    return this.#engine.client.upgrade(`/exec/${this.#id}/start`, { body });
  }

  async resize({ rows, columns }: { rows: number; columns: number }): Promise<void> {
    const query = { h: String(rows), w: String(columns) };
    await this.#engine.client.json('POST', `/exec/${this.#id}/resize`, anything, { query });
  }

  /** Its exit status, once it has ended, which may be a moment after its output has. @param signal ends the wait */
  async status(signal: AbortSignal): Promise<number> {
    const path = `/exec/${this.#id}/json`;
    for (let pause = PAUSE; ; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
      const { Running, ExitCode } = await this.#engine.client.json('GET', path, INSPECTED, { signal });
      if (!Running) return ExitCode ?? 0;
      await sleep(pause, undefined, { signal });
    }
  }
}
