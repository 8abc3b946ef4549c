import { join } from 'node:path';
import type { Pattern } from '../ignore/pattern.js';
import { Returning } from './back/returning.js';
import { rulesOfBack } from './back/which.js';
import { compareTree } from './compare.js';
import { deliverStep, type Destination, pathThere } from './deliver.js';
import { pathBelow, type SyncedTree } from './plan.js';
import { reasonOf } from './reasons.js';
import { removalOperation, type RootPath } from './sidecar/operations.js';
import type { Sidecar } from './sidecar/sidecar.js';
import type { Told } from './told.js';
import { Rules } from './tree/rules.js';
import { type Step, Tree } from './tree/tree.js';

export interface KeptOptions {
  /** The project's folder, which patterns and messages are relative to. */
  root: string;
  patterns: readonly Pattern[];
  /** What the container writes that comes back. */
  back: readonly Pattern[];
  told: Pick<Told, 'complain' | 'brought'>;
  onChange: () => void;
  onFailure: (error: unknown) => void;
}

/** What was done of a step: a file or link sent, something taken away. */
export type Done = 'sent' | 'removed';

/** A file that changes all the time is sent as it is after so many looks. */
const PATIENCE = 3;

/** A tree, and what of it is there. */
export class Kept {
  readonly tree: Tree;
  /** Absent where nothing can come back. */
  readonly returning?: Returning;
  readonly #synced: SyncedTree;
  readonly #options: KeptOptions;
  /** Paths that have changed while they were read, and how often. */
  readonly #unsteady = new Map<string, number>();
  /** Paths that are being taken away there, which nobody has confirmed yet. */
  readonly #leaving = new Set<string>();

  constructor(synced: SyncedTree, options: KeptOptions) {
    this.#synced = synced;
    this.#options = options;
    const { root, patterns, onChange, onFailure } = options;
    const { source, only, hidden } = synced;
    // Whoever mounts one file wants it, whatever a build leaves out.
    const exclude = only === undefined ? patterns : [];
    const rules = new Rules({ exclude }, pathBelow(root, source) ?? '', hidden);
    const onUnnamed = (path: string) =>
      options.told.complain(`${this.shown(path)} is not synced: its name is not UTF-8, so rename it.`);
    this.tree = new Tree({ source, only, rules, onChange, onFailure, onUnnamed });
    this.returning = this.#returningOf();
  }

  #returningOf(): Returning | undefined {
    const { source, to } = this.#synced;
    const rules = rulesOfBack(this.#synced, this.#options);
    if (!rules || 'file' in to) return undefined;
    const shown = (path: string) => this.shown(path);
    return new Returning({
      tree: this.tree,
      source,
      volume: to.volume,
      rules,
      shown,
      told: this.#options.told,
    });
  }

  /** Does a step there. @returns undefined where nothing was done that anybody would want to know */
  async apply(step: Step, destination: Destination): Promise<Done | undefined> {
    const { path, kind } = step;
    const tries = this.#unsteady.get(path) ?? 0;
    this.returning?.touch(path);
    if (kind === 'removal') this.#leaving.add(path);
    const outcome = await deliverStep(this.#synced, step, tries < PATIENCE, destination);
    if (outcome === 'again') {
      this.#unsteady.set(path, tries + 1);
      this.tree.doubt(path);
      return undefined;
    }
    this.#unsteady.delete(path);
    if (outcome !== 'done') {
      this.tree.forget(path);
      this.#options.told.complain(
        `${this.shown(path)} cannot be read (${outcome.code}), and is not there: give yourself the right, or leave it out by live_ignore=.`,
      );
      return undefined;
    }
    if (kind === 'folder') return undefined;
    return kind === 'removal' ? 'removed' : 'sent';
  }

  /** All steps have been carried out. */
  settle(): void {
    this.#leaving.clear();
  }

  /** A step was not carried out. @param errno of Linux */
  refuse(path: string, errno: number): void {
    this.tree.forget(path);
    this.#options.told.complain(`${this.shown(path)} was not synced: ${reasonOf(errno)}.`);
  }

  /** Finds out what is not there as it is here. What was on its way may have got there or not. */
  async compare(sidecar: Sidecar | undefined): Promise<void> {
    const { source, to } = this.#synced;
    const { tree } = this;
    tree.markAll();
    const known = new Set([...tree.known()].map(({ path }) => path));
    if ('file' in to || !sidecar) return tree.doubtAll();
    const there = (path: string): RootPath => ({ root: to.volume, path: pathThere(to, path) });
    for (const path of this.#leaving)
      if (!known.has(path)) await sidecar.write(removalOperation(there(path)));
    // What comes back is the container's work, but for what was on its way there.
    const all = [...tree.known()].filter(({ kind, path }) => kind !== 'file' || !this.returning?.owns(path));
    await compareTree({ tree, source, all }, there, sidecar);
  }

  /** Whether it goes into the container's own file system. */
  get isLoose(): boolean {
    return 'file' in this.#synced.to;
  }

  isOf(volume: number): boolean {
    return 'volume' in this.#synced.to && this.#synced.to.volume === volume;
  }

  /** A path as messages call it. */
  shown(path: string): string {
    return pathBelow(this.#options.root, join(this.#synced.source, path)) || '.';
  }
}
