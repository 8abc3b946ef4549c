import { setTimeout as sleep } from 'node:timers/promises';
import { isUnreachable, reasonOf } from '../engine/client/errors.js';
import type { Container } from '../engine/containers/container.js';
import { inspectImage } from '../engine/images/inspect.js';
import type { Means } from '../engine/means.js';
import type { Selection } from '../ignore/selection.js';
import { errorOf } from '../text/thrown.js';
import { listed } from './told.js';
import { Trigger } from './trigger.js';

/** What a container is started again or replaced for. */
export interface RoundsSpec {
  /** For messages. */
  name: string;
  /** The project's folder, which patterns are relative to. */
  root: string;
  /** Files for which the container is started again. */
  restart: readonly Selection[];
  /** Files for which the image is built again. */
  rebuild: readonly Selection[];
  build: {
    /** Of the image. */
    reference: string;
    /** Whether what changes meanwhile may be its own work. */
    writes: boolean;
    carryOut: () => Promise<void>;
  };
}

/** How the container goes on when it has ended: started again, or another one of a newer image. */
export type Next = 'again' | 'replaced';

interface Surroundings extends Pick<Means, 'engine' | 'report'> {
  /** Resolves when what has changed here is there. */
  synced: () => Promise<void>;
  onFailure: (error: unknown) => void;
}

/** Seconds that a container has to end by itself. */
const STOP_TIMEOUT = 10;
/** Milliseconds between two tries to reach an engine again. */
const PAUSE = 1_000;

/** Ends a container for changes that want it started again, or replaced by one of a newer image. */
export class Rounds {
  readonly #spec: RoundsSpec;
  readonly #around: Surroundings;
  readonly #triggers: Trigger[] = [];
  readonly #closing = new AbortController();
  #container?: Container;
  /** The image that the container is of. */
  #imageId = '';
  #next?: Next;
  #wake?: () => void;
  #rebuilding?: Promise<void>;
  #rebuildAgain?: readonly string[];

  constructor(spec: RoundsSpec, around: Surroundings) {
    this.#spec = spec;
    this.#around = around;
    const { root, restart, rebuild } = spec;
    const { onFailure } = around;
    const onRestart = (paths: readonly string[]) => void this.#restart(paths).catch(onFailure);
    const onRebuild = (paths: readonly string[]) => this.#rebuild(paths);
    try {
      for (const selection of restart)
        this.#triggers.push(new Trigger({ root, selection, onFire: onRestart, onFailure }));
      for (const selection of rebuild)
        this.#triggers.push(new Trigger({ root, selection, onFire: onRebuild, onFailure }));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** A container is there, which has not been started. @param imageId what it is of */
  prepare(container: Container, imageId: string): void {
    this.#container = container;
    this.#imageId = imageId;
  }

  /**
   * What comes behind the end of the container. One that has failed may be mended by a change: that is waited for.
   *
   * @returns undefined where it is the end
   */
  async next(exitStatus: number, signal: AbortSignal): Promise<Next | undefined> {
    const { name, restart } = this.#spec;
    if (!this.#next && exitStatus !== 0 && restart.length > 0) {
      this.#around.report.warn(
        `${name} has ended with exit status ${exitStatus}; it is started again when something changes of what live_restart names.`,
      );
      await new Promise<void>((resolve, reject) => {
        this.#wake = resolve;
        const end = AbortSignal.any([signal, this.#closing.signal]);
        end.addEventListener('abort', () => reject(errorOf(end.reason)));
      });
    }
    const next = this.#next;
    this.#next = undefined;
    this.#wake = undefined;
    return next;
  }

  close(): void {
    this.#closing.abort();
    for (const trigger of this.#triggers) trigger.close();
  }

  async #restart(paths: readonly string[]): Promise<void> {
    this.#around.report.info(`${this.#spec.name} is started again: ${listed(paths)} changed`);
    await this.#around.synced();
    await this.#end('again');
  }

  /** Ends the container, for what comes behind it. */
  async #end(next: Next): Promise<void> {
    const isEnding = this.#next !== undefined;
    if (this.#next !== 'replaced') this.#next = next;
    if (this.#wake) return this.#wake();
    while (!isEnding && !this.#closing.signal.aborted) {
      try {
        return await this.#container?.stop(STOP_TIMEOUT);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        await sleep(PAUSE, undefined, { signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  #rebuild(paths: readonly string[]): void {
    if (this.#rebuilding) {
      if (this.#spec.build.writes) return;
      this.#rebuildAgain = [...(this.#rebuildAgain ?? []), ...paths];
      return;
    }
    this.#rebuilding = this.#buildOnce(paths)
      .catch(this.#around.onFailure)
      .finally(() => {
        this.#rebuilding = undefined;
        const again = this.#rebuildAgain;
        this.#rebuildAgain = undefined;
        if (again && !this.#closing.signal.aborted) this.#rebuild(again);
      });
  }

  async #buildOnce(paths: readonly string[]): Promise<void> {
    const { name, build } = this.#spec;
    const { engine, report, synced } = this.#around;
    report.info(`${name} is built again: ${listed(paths)} changed`);
    try {
      await build.carryOut();
    } catch (error) {
      if (this.#closing.signal.aborted) return;
      report.warn(`${name} goes on as it is, since its image was not built: ${reasonOf(error)}`);
      return;
    }
    const built = await inspectImage(engine, build.reference);
    if (built?.Id === this.#imageId)
      return report.info(`${name} goes on as it is: that changes nothing in its image`);
    await synced();
    await this.#end('replaced');
  }
}
