import { join } from 'node:path';
import type { Engine } from '../engine/types.js';
import type { Pattern } from '../ignore/pattern.js';
import { codeOf, errorOf } from '../text/thrown.js';
import { putLooseFile } from './loose-file.js';
import { pathBelow, type SyncedTree } from './plan.js';
import type { Answer } from './sidecar/answers.js';
import { type Owner, ownerOperation } from './sidecar/operations.js';
import { Sidecar, type SidecarSpec } from './sidecar/sidecar.js';
import type { Told } from './told.js';
import { Rules } from './tree/rules.js';
import { type Step, Tree } from './tree/tree.js';
import { type Outcome, writeStep } from './write-step.js';

export interface KeeperSpec {
  /** The project's folder, which patterns and messages are relative to. */
  root: string;
  trees: readonly SyncedTree[];
  patterns: readonly Pattern[];
}

/** The container, and how one gets into it. */
export interface KeeperTarget {
  engine: Engine;
  containerId: string;
  owner: Owner;
  /** Absent where all that is kept current are single files. */
  sidecar?: SidecarSpec;
}

/** A tree, and where it goes. */
interface Kept {
  synced: SyncedTree;
  tree: Tree;
  /** Paths that have changed while they were read, and how often. */
  unsteady: Map<string, number>;
}

/** A file that changes all the time is sent as it is after so many looks. */
const PATIENCE = 3;

/**
 * Keeps a container's files as they are here. It watches from its making on, so that nothing is missed that changes before
 * or during the first filling.
 */
export class Keeper {
  readonly #spec: KeeperSpec;
  readonly #told: Told;
  readonly #kept: readonly Kept[];
  readonly #fail: (why: unknown) => void;
  #target?: KeeperTarget;
  #sidecar?: Sidecar;
  #working?: Promise<void>;
  #scheduled = false;
  #closed = false;
  #filled = false;

  /** @param fail called when files cannot be kept current any more */
  constructor(spec: KeeperSpec, told: Told, fail: (why: unknown) => void) {
    this.#spec = spec;
    this.#told = told;
    this.#fail = fail;
    const kept: Kept[] = [];
    this.#kept = kept;
    try {
      for (const synced of spec.trees) kept.push(this.#keep(synced));
    } catch (error) {
      for (const { tree } of kept) tree.close();
      throw error;
    }
  }

  /** Fills the container, and keeps it current from then on. @returns how many files and links there are */
  async begin(target: KeeperTarget, signal: AbortSignal): Promise<number> {
    this.#target = target;
    const { engine, sidecar, owner } = target;
    if (sidecar) {
      const events = { onFailure: this.#onFailure, onEnd: (why: Error) => this.#end(why) };
      this.#sidecar = await Sidecar.start(engine, sidecar, events, signal);
      await this.#sidecar.write(ownerOperation(owner));
    }
    let count = 0;
    // What changes while it is filled makes further rounds.
    while (this.#kept.some(({ tree }) => !tree.isCurrent)) {
      signal.throwIfAborted();
      count += await this.#work(signal);
      await nextTurn();
    }
    this.#filled = true;
    return count;
  }

  /** Resolves when all that was changed here before is there. */
  async synced(): Promise<void> {
    // Events of what was changed before come in the next turn; elsewhere than on Linux they may take longer.
    await nextTurn();
    await nextTurn();
    if (process.platform !== 'linux') for (const { tree } of this.#kept) tree.markAll();
    while (!this.#closed && (this.#working || this.#kept.some(({ tree }) => !tree.isCurrent))) {
      await (this.#working ?? nextTurn());
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const { tree } of this.#kept) tree.close();
    await this.#working?.catch(() => undefined);
    this.#told.flush();
    await this.#sidecar?.close();
  }

  #keep(synced: SyncedTree): Kept {
    const { root, patterns } = this.#spec;
    const { source, only, hidden } = synced;
    // Whoever mounts one file wants it, whatever a build leaves out.
    const rules = new Rules(only === undefined ? patterns : [], pathBelow(root, source) ?? '', hidden);
    const onFailure = (error: unknown) => this.#end(error);
    const tree = new Tree({ source, only, rules, onChange: () => this.#schedule(), onFailure });
    return { synced, tree, unsteady: new Map() };
  }

  /** Many changes in one turn are one step. */
  #schedule(): void {
    if (this.#scheduled || this.#working || !this.#target || this.#closed) return;
    this.#scheduled = true;
    setImmediate(() => {
      this.#scheduled = false;
      if (this.#working || this.#closed) return;
      this.#working = this.#workUntilCurrent()
        .catch((error: unknown) => this.#end(error))
        .finally(() => {
          this.#working = undefined;
          if (this.#kept.some(({ tree }) => tree.hasChanges)) this.#schedule();
        });
    });
  }

  async #workUntilCurrent(): Promise<void> {
    while (!this.#closed && this.#kept.some(({ tree }) => tree.hasChanges)) {
      await this.#work();
      await nextTurn();
    }
  }

  /** One round. @returns how many files and links were sent */
  async #work(signal?: AbortSignal): Promise<number> {
    let count = 0;
    for (const kept of this.#kept) {
      for (const step of kept.tree.take()) {
        signal?.throwIfAborted();
        if (await this.#apply(kept, step)) count++;
      }
    }
    await this.#sidecar?.settled();
    return count;
  }

  /** @returns whether a file or link was sent */
  async #apply(kept: Kept, step: Step): Promise<boolean> {
    const { synced, tree, unsteady } = kept;
    const { path } = step;
    const tries = unsteady.get(path) ?? 0;
    const outcome = await this.#send(kept, step, tries < PATIENCE);
    const shown = this.#shown(synced, path);
    if (outcome === 'again') {
      unsteady.set(path, tries + 1);
      tree.doubt(path);
      return false;
    }
    unsteady.delete(path);
    if (outcome !== 'done') {
      tree.forget(path);
      this.#told.complain(
        `${shown} cannot be read (${outcome.code}), and is not there: give yourself the right, or leave it out by live_ignore=.`,
      );
    } else if (step.kind === 'removal') this.#told.removed(shown);
    else if (step.kind !== 'folder') {
      if (this.#filled) this.#told.synced(shown);
      return true;
    }
    return false;
  }

  async #send({ synced: { source, to } }: Kept, step: Step, patient: boolean): Promise<Outcome> {
    const from = join(source, step.path);
    if ('file' in to) return await this.#putLoose(from, to.file, step);
    const sidecar = this.#sidecar;
    if (!sidecar) return 'done';
    // Of a single file the path there may be another one.
    const path = to.path === '' ? step.path : to.path;
    return await writeStep(step, { source: from, to: { root: to.volume, path }, patient }, (bytes) =>
      sidecar.write(bytes),
    );
  }

  /** A single file that is taken away here stays there, as it would where it is mounted. */
  async #putLoose(source: string, target: string, { kind }: Step): Promise<Outcome> {
    const { engine, containerId, owner } = this.#target ?? {};
    if (!engine || !owner || containerId === undefined || kind === 'removal') return 'done';
    // The engine mounts all volumes for this, and in them there have to be the places for others.
    await this.#sidecar?.settled();
    try {
      await putLooseFile(engine, containerId, { source, target, owner });
      return 'done';
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return 'done';
      throw error;
    }
  }

  readonly #onFailure = ({ errno, at }: Extract<Answer, { kind: 'failure' }>): void => {
    const kept = this.#kept.find(({ synced: { to } }) => 'volume' in to && to.volume === at.root);
    if (!kept) return;
    kept.tree.forget(at.path);
    const why = REASONS[errno] ?? `error ${errno} of Linux`;
    this.#told.complain(`${this.#shown(kept.synced, at.path)} was not synced: ${why}.`);
  };

  #shown({ source }: SyncedTree, path: string): string {
    return pathBelow(this.#spec.root, join(source, path)) || '.';
  }

  #end(why: unknown): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#fail(errorOf(why));
  }
}

/** errno(3) of Linux. */
const REASONS: Readonly<Record<number, string>> = {
  17: 'something else stands there that the container made',
  20: 'the container made a file where its folder should be',
  21: 'the container made a folder of that name',
  28: "the disk of the engine's machine is full",
  30: 'its volume there cannot be written to',
  36: 'its name is too long there',
  39: 'the container made a folder of that name',
  122: "the quota of the engine's machine is used up",
};

function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
