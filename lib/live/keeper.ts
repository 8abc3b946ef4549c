import { setTimeout as sleep } from 'node:timers/promises';
import { isUnreachable } from '../engine/client/errors.js';
import type { Engine } from '../engine/types.js';
import type { Pattern } from '../ignore/pattern.js';
import { errorOf } from '../text/thrown.js';
import { Back } from './back/back.js';
import { type Done, Kept } from './kept.js';
import type { SyncedTree } from './plan.js';
import type { Answer } from './sidecar/answers.js';
import { type Owner, ownerOperation } from './sidecar/operations.js';
import { Sidecar, type SidecarSpec } from './sidecar/sidecar.js';
import type { Told } from './told.js';
import type { Step } from './tree/tree.js';

export interface KeeperSpec {
  /** The project's folder, which patterns and messages are relative to. */
  root: string;
  trees: readonly SyncedTree[];
  patterns: readonly Pattern[];
  /** What the container writes that comes back. */
  back: readonly Pattern[];
}

/** The container, and how one gets into it. */
export interface KeeperTarget {
  engine: Engine;
  containerId: string;
  owner: Owner;
  /** Absent where all that is kept current are single files. */
  sidecar?: SidecarSpec;
}

export interface KeeperEvents {
  /** Files cannot be kept current any more. */
  onFailure: (why: Error) => void;
  /** They cannot until the engine is reached again. */
  onLoss: () => void;
  /** It was, and what differed there, by content, is as it is here. */
  onReturn: (changes: Changes) => void;
}

/** How many files and links were sent, and how many of all kinds taken away. */
export type Changes = Record<Done, number>;

/** Milliseconds between two tries to reach an engine again. */
const PAUSE = 500;
/** Milliseconds between two looks whether a container has been filled. */
const FILLING = 20;

/**
 * Keeps a container's files as they are here. It watches from its making on, so that nothing is missed that changes before
 * or during the first filling.
 */
export class Keeper {
  readonly #told: Told;
  readonly #kept: Kept[] = [];
  readonly #events: KeeperEvents;
  readonly #back: Back;
  readonly #closing = new AbortController();
  #target?: KeeperTarget;
  #sidecar?: Sidecar;
  #working?: Promise<void>;
  #scheduled = false;
  #filled = false;
  /** While the engine cannot be reached, and until all is compared. */
  #returning?: Promise<void>;

  constructor(spec: KeeperSpec, told: Told, events: KeeperEvents) {
    this.#told = told;
    this.#events = events;
    const options = { ...spec, told, onChange: () => this.#schedule(), onFailure: this.#fail };
    try {
      for (const synced of spec.trees) this.#kept.push(new Kept(synced, options));
    } catch (error) {
      for (const { tree } of this.#kept) tree.close();
      throw error;
    }
    const sidecar = () => (this.#returning ? undefined : this.#sidecar);
    const settled = () => !this.#working;
    this.#back = new Back(this.#kept, { sidecar, settled, told, onTrouble: this.#onTrouble });
  }

  /** Fills the container, and keeps it current from then on. @returns how many files and links there are */
  async begin(target: KeeperTarget, signal: AbortSignal): Promise<number> {
    this.#target = target;
    await this.#startSidecar(signal);
    const { sent } = await this.#fill(signal);
    this.#filled = true;
    this.#back.begin();
    return sent;
  }

  /** Another container has taken the place of the one before, with the same volumes. */
  async move({ containerId, owner }: Pick<KeeperTarget, 'containerId' | 'owner'>): Promise<void> {
    const before = this.#target;
    if (!before) return;
    this.#target = { ...before, containerId, owner };
    const isSame = before.owner.user === owner.user && before.owner.group === owner.group;
    if (!isSame) await this.#sidecar?.write(ownerOperation(owner));
    for (const kept of this.#kept) if (!isSame || kept.isLoose) kept.tree.doubtAll();
    await this.synced();
  }

  /** Resolves when all that was changed here before is there. */
  async synced(): Promise<void> {
    // Events of what was changed before come in the next turn; elsewhere than on Linux they may take longer.
    await nextTurn();
    await nextTurn();
    if (process.platform !== 'linux') for (const { tree } of this.#kept) tree.markAll();
    while (!this.#isClosed && !this.#isSettled)
      await (this.#returning ?? this.#working ?? (this.#filled ? nextTurn() : sleep(FILLING)));
  }

  get #isSettled(): boolean {
    return this.#filled && !this.#returning && !this.#working && this.#isCurrent;
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const { tree } of this.#kept) tree.close();
    await this.#returning;
    await this.#working;
    // Ctrl-C in a terminal ends a program ssh, too, and the sidecar with it.
    if (this.#back.hasBegun && this.#sidecar?.hasEnded)
      await this.#startSidecar(new AbortController().signal).catch(() => undefined);
    await this.#back.end();
    this.#told.flush();
    await this.#sidecar?.close();
  }

  get #isClosed(): boolean {
    return this.#closing.signal.aborted;
  }

  get #isCurrent(): boolean {
    return this.#kept.every(({ tree }) => tree.isCurrent);
  }

  async #startSidecar(signal: AbortSignal): Promise<void> {
    const { engine, sidecar: spec, owner } = this.#target ?? {};
    if (!engine || !spec || !owner) return;
    const events = { onFailure: this.#onRefusal, onEnd: this.#onTrouble };
    this.#sidecar = await Sidecar.start(engine, spec, events, signal);
    await this.#sidecar.write(ownerOperation(owner));
  }

  /** Many changes in one turn are one step. */
  #schedule(): void {
    if (this.#scheduled || this.#working || !this.#filled || this.#returning || this.#isClosed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#working || this.#returning || this.#isClosed) return;
      this.#working = this.#workUntilCurrent()
        .catch(this.#onTrouble)
        .finally(() => {
          this.#working = undefined;
          if (this.#kept.some(({ tree }) => tree.hasChanges)) this.#schedule();
        });
    });
  }

  async #workUntilCurrent(): Promise<void> {
    while (!this.#isClosed && this.#kept.some(({ tree }) => tree.hasChanges)) {
      await this.#work();
      await nextTurn();
    }
  }

  /** What changes meanwhile makes further rounds. */
  async #fill(signal: AbortSignal): Promise<Changes> {
    const total = { sent: 0, removed: 0 };
    while (!this.#isCurrent) {
      signal.throwIfAborted();
      const { sent, removed } = await this.#work(signal);
      total.sent += sent;
      total.removed += removed;
      await nextTurn();
    }
    return total;
  }

  /** One round. */
  async #work(signal?: AbortSignal): Promise<Changes> {
    const changes = { sent: 0, removed: 0 };
    for (const kept of this.#kept) {
      for (const step of kept.tree.take()) {
        signal?.throwIfAborted();
        const done = await this.#apply(kept, step);
        if (done) changes[done]++;
      }
    }
    await this.#sidecar?.settled();
    for (const kept of this.#kept) kept.settle();
    return changes;
  }

  async #apply(kept: Kept, step: Step): Promise<Done | undefined> {
    if (!this.#target) return undefined;
    const done = await kept.apply(step, { ...this.#target, sidecar: this.#sidecar });
    if (done && this.#filled && !this.#returning) this.#told[done](kept.shown(step.path));
    return done;
  }

  readonly #onRefusal = ({ errno, at }: Extract<Answer, { kind: 'failure' }>): void => {
    this.#kept.find((kept) => kept.isOf(at.root))?.refuse(at.path, errno);
  };

  /** What cannot be reached may come back. */
  readonly #onTrouble = (why: unknown): void => {
    if (this.#isClosed || this.#returning) return;
    if (!this.#filled || !isUnreachable(why)) return this.#fail(why);
    this.#events.onLoss();
    this.#returning = this.#return()
      .then((changes) => {
        if (changes) this.#events.onReturn(changes);
      }, this.#fail)
      .finally(() => {
        this.#returning = undefined;
        this.#schedule();
      });
  };

  /** @returns undefined where it is closed meanwhile */
  async #return(): Promise<Changes | undefined> {
    const { signal } = this.#closing;
    await this.#working;
    for (;;) {
      try {
        await this.#startSidecar(signal);
        for (const kept of this.#kept) await kept.compare(this.#sidecar);
        return await this.#fill(signal);
      } catch (error) {
        if (signal.aborted) return undefined;
        if (!isUnreachable(error)) throw error;
      }
      await sleep(PAUSE, undefined, { signal }).catch(() => undefined);
    }
  }

  readonly #fail = (why: unknown): void => {
    if (this.#isClosed) return;
    this.#closing.abort();
    this.#events.onFailure(errorOf(why));
  };
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
