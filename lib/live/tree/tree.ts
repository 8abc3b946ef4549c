import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { folderOf, type Rules } from './rules.js';
import { folderSign, type Kind, kindOf, listOf, signOf, statOf } from './sign.js';
import { openWatcher, type Watcher } from './watcher.js';

/** What has to be done elsewhere for a path to be there as it is here. */
export interface Step {
  kind: Kind | 'removal';
  /** Relative to the tree's folder. */
  path: string;
  /** Of a file: whether there is anything in it. */
  empty?: boolean;
}

export interface TreeOptions {
  /** Absolute path of the folder. */
  source: string;
  /** Of it this file alone. */
  only?: string;
  rules: Rules;
  /** Called when something may have changed, which `take` then tells. */
  onChange: () => void;
  onFailure: (error: unknown) => void;
  /** Called for a wanted path whose name is not UTF-8, by which it cannot be found. */
  onUnnamed?: (path: string) => void;
}

/** Milliseconds in which a program that has emptied a file may begin to write it again. */
const REFILL = 100;
/** So many changes at once may be more than the kernel tells of. */
const FLOOD = 4000;

/**
 * A folder of this machine: what of it is known elsewhere, and what has changed since. Events say where to look alone;
 * what is there when one looks is what counts.
 */
export class Tree {
  readonly #options: TreeOptions;
  readonly #watcher: Watcher;
  /** What stands elsewhere: a kind and what tells two states of it apart. */
  readonly #known = new Map<string, string>();
  /** Folders that have been looked into, wanted themselves or not. */
  readonly #folders = new Set<string>();
  #changed = new Set<string>();
  readonly #emptied = new Map<string, NodeJS.Timeout>();

  constructor(options: TreeOptions) {
    this.#options = options;
    const { source, only, onFailure } = options;
    const onReplaced = (folder: string) => this.#doubtFolder(folder);
    const flat = only !== undefined;
    this.#watcher = openWatcher({ source, flat, onChange: this.mark, onReplaced, onFailure });
    this.#watcher.add('');
    this.mark(only ?? '');
  }

  /** A path has to be looked at. */
  readonly mark = (path: string): void => {
    const { only, onChange } = this.#options;
    if (only !== undefined && path !== only) return;
    this.#changed.add(path);
    onChange();
  };

  /** Everything has to be looked at. */
  markAll(): void {
    for (const path of this.#known.keys()) this.#changed.add(path);
    for (const path of this.#folders) this.#changed.add(path);
    this.mark(this.#options.only ?? '');
  }

  /** What was sent of a path may be no longer true: it has to be looked at again. */
  doubt(path: string): void {
    const sign = this.#known.get(path);
    if (sign !== undefined) this.#known.set(path, sign.slice(0, 1));
    this.mark(path);
  }

  /** All that stands elsewhere has to be sent again. */
  doubtAll(): void {
    for (const path of [...this.#known.keys()]) this.doubt(path);
  }

  /** What stands elsewhere at that path is not known any more. */
  forget(path: string): void {
    this.#known.delete(path);
  }

  /** Whether that path is kept elsewhere as it is here. */
  follows(path: string): boolean {
    return this.#options.only === undefined && this.#options.rules.wants(path);
  }

  /** What stands elsewhere at that path. */
  signOf(path: string): string | undefined {
    return this.#known.get(path);
  }

  /** What is here came from there. */
  learn(path: string, sign: string): void {
    if (this.follows(path)) this.#known.set(path, sign);
  }

  get hasChanges(): boolean {
    return this.#changed.size > 0;
  }

  get isCurrent(): boolean {
    return this.#changed.size === 0 && this.#emptied.size === 0;
  }

  /** All paths that stand elsewhere, with their kinds. */
  *known(): Generator<{ path: string; kind: Kind }> {
    for (const [path, sign] of this.#known) yield { path, kind: kindOf(sign) };
  }

  /** What has to be done for all that has changed; it counts as done. */
  *take(): Generator<Step> {
    const changed = this.#changed;
    this.#changed = new Set();
    if (changed.size > FLOOD) this.markAll();
    for (const path of changed) yield* this.#look(path);
  }

  close(): void {
    this.#watcher.close();
    for (const timer of this.#emptied.values()) clearTimeout(timer);
  }

  *#look(path: string): Generator<Step> {
    const stat = statOf(join(this.#options.source, path));
    if (!stat?.isDirectory()) {
      this.#leave(path);
      yield* this.#lookAtFile(path, stat);
      return;
    }
    yield* this.#removeUnless('folder', path);
    if (this.#options.rules.enters(path)) yield* this.#lookIntoFolder(path, folderSign(stat));
    else if (this.#options.rules.isMountPoint(path) && !this.#known.has(path)) {
      yield* this.#foldersAbove(path);
      this.#known.set(path, folderSign(stat));
      yield { kind: 'folder', path };
    }
  }

  *#lookAtFile(path: string, stat: Stats | undefined): Generator<Step> {
    const sign = stat && this.#options.rules.wants(path) ? signOf(stat) : undefined;
    if (!stat) this.#tellOfUnnamed(path);
    yield* this.#removeUnless(sign === undefined ? undefined : kindOf(sign), path);
    if (!stat || sign === undefined || this.#known.get(path) === sign) return;
    if (this.#waitsForRefill(path, stat)) return;
    if (this.#options.only === undefined) yield* this.#foldersAbove(path);
    this.#known.set(path, sign);
    yield { kind: kindOf(sign), path, empty: stat.size === 0 };
  }

  /** Node has U+FFFD in the place of bytes that are none of UTF-8. */
  #tellOfUnnamed(path: string): void {
    const { rules, onUnnamed } = this.#options;
    if (path.includes('\ufffd') && rules.wants(path) && !this.#known.has(path)) onUnnamed?.(path);
  }

  *#lookIntoFolder(path: string, sign: string): Generator<Step> {
    const { rules, source } = this.#options;
    const before = this.#known.get(path);
    const isNew = before !== sign;
    // Another folder of that name: what was in the one before need not be in this one.
    if (before !== undefined && isNew) {
      this.#leave(path);
      for (const known of this.#below(path)) this.mark(known);
    }
    // First the watch, then the look: what comes in between is seen twice rather than never.
    this.#watcher.add(path);
    this.#folders.add(path);
    if (isNew && rules.wants(path)) {
      yield* this.#foldersAbove(path);
      this.#known.set(path, sign);
      yield { kind: 'folder', path };
    }
    for (const { name } of listOf(join(source, path)))
      yield* this.#lookIfNew(path === '' ? name : `${path}/${name}`);
  }

  /** What is known already has events of its own. */
  *#lookIfNew(path: string): Generator<Step> {
    if (!this.#known.has(path)) yield* this.#look(path);
  }

  /** Folders that are not wanted themselves, but hold what is. */
  *#foldersAbove(path: string): Generator<Step> {
    const folder = folderOf(path);
    if (path === '' || this.#known.has(folder)) return;
    yield* this.#foldersAbove(folder);
    const stat = statOf(join(this.#options.source, folder));
    if (!stat) return;
    this.#known.set(folder, folderSign(stat));
    yield { kind: 'folder', path: folder };
  }

  /** What is of another kind there has to go first. */
  *#removeUnless(kind: Kind | undefined, path: string): Generator<Step> {
    const before = this.#known.get(path);
    if (before !== undefined && kindOf(before) !== kind) yield* this.#remove(path);
  }

  *#remove(path: string): Generator<Step> {
    // The longest first: a folder goes when it is empty.
    for (const each of [...this.#below(path).sort((a, b) => b.length - a.length), path]) {
      this.#known.delete(each);
      yield { kind: 'removal', path: each };
    }
  }

  #below(folder: string): string[] {
    const inside = folder === '' ? '' : `${folder}/`;
    return [...this.#known.keys()].filter((known) => known !== folder && known.startsWith(inside));
  }

  /** An inode does not tell: it may have been given to the next folder. */
  #doubtFolder(path: string): void {
    if (this.#options.only !== undefined) return;
    this.#leave(path);
    this.doubt(path);
  }

  /** There is no folder any more, or it is another one. */
  #leave(path: string): void {
    if (!this.#folders.has(path)) return;
    this.#watcher.remove(path);
    for (const folder of this.#folders)
      if (folder === path || folder.startsWith(`${path}/`)) this.#folders.delete(folder);
  }

  /** Many programs empty a file before they write it: nobody wants to see that elsewhere. */
  #waitsForRefill(path: string, stat: Stats): boolean {
    if (stat.size > 0 || !this.#known.has(path) || !stat.isFile()) return false;
    if (Date.now() - stat.mtimeMs > REFILL) return false;
    if (!this.#emptied.has(path)) {
      const lookAgain = () => {
        this.#emptied.delete(path);
        this.mark(path);
      };
      this.#emptied.set(path, setTimeout(lookAgain, REFILL));
    }
    return true;
  }
}
