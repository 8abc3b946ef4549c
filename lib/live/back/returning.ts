import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { InTheWay, UnpackedTree } from '../../system/unpacked-tree.js';
import { printableLine } from '../../text/printable.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';
import type { State } from '../sidecar/answers.js';
import { PART, readOperation } from '../sidecar/operations.js';
import type { Told } from '../told.js';
import { folderOf, type Rules, STAGE } from '../tree/rules.js';
import { folderSign, signOf, statOf } from '../tree/sign.js';
import type { Tree } from '../tree/tree.js';
import { type Asked, type Found, Survey } from './survey.js';
import { type Here, judge } from './verdict.js';

export interface ReturningOptions {
  tree: Tree;
  /** Absolute path of the folder. */
  source: string;
  /** Number of the folder there. */
  volume: number;
  /** What comes back. */
  rules: Rules;
  /** A path as messages call it. */
  shown: (path: string) => string;
  told: Pick<Told, 'brought' | 'complain'>;
}

/** Milliseconds after which a file comes back that is written all the time. */
const PATIENCE = 1_000;
/** So many parts are asked for at once. */
const PARTS = 16;

/** It has changed while it was read. */
class Changed extends Error {}

/** Brings to a folder here what the container writes there. */
export class Returning {
  readonly #options: ReturningOptions;
  readonly #here: Here & { brought: Map<string, string> };
  readonly #survey: Survey;
  /** States there that need no more attention. */
  readonly #seen = new Map<string, string>();
  /** Files that were written lately, what they were then, and since when (milliseconds). */
  readonly #waiting = new Map<string, { state: string; since: number }>();
  /** Paths that have been sent there since the last look that began when nothing was on its way. */
  readonly #touched = new Set<string>();

  constructor(options: ReturningOptions) {
    this.#options = options;
    const { source, tree, volume, rules } = options;
    this.#here = { source, tree, brought: new Map(), began: Date.now() };
    this.#survey = new Survey(volume, rules);
  }

  /** Something is sent there. */
  touch(path: string): void {
    this.#touched.add(path);
  }

  /** Whether what differs there is the container's work. */
  owns(path: string): boolean {
    return this.#options.rules.wants(path) && !this.#touched.has(path);
  }

  /**
   * Looks for what was written there, and brings it here.
   *
   * @param settled whether nothing is on its way there
   * @param last whether what is there is as it will stay
   */
  async round(asked: Asked, { settled, last }: { settled: boolean; last: boolean }): Promise<void> {
    if (settled) this.#touched.clear();
    let isDone = true;
    for (const found of await this.#survey.take(asked)) {
      const state = stateText(found);
      if (this.#seen.get(found.path) === state) continue;
      if (await this.#handle(found, asked, last)) this.#seen.set(found.path, state);
      else isDone = false;
    }
    if (isDone) this.#survey.advance();
  }

  /** @returns whether nothing more is to be done for that state of it */
  async #handle(found: Found, asked: Asked, last: boolean): Promise<boolean> {
    const { path } = found;
    const why = reasonAgainst(found);
    if (why !== undefined) return this.#isLinkHere(found) || this.#refuse(path, why);
    const verdict = this.#touched.has(path) ? 'later' : judge(path, found, this.#here);
    if (verdict === 'changed') return this.#refuse(path, 'it changed here, too');
    if (verdict !== 'take') return verdict === 'same';
    const rest = last ? 'quiet' : this.#restOf(found);
    if (rest === 'busy') return false;
    this.#waiting.delete(path);
    // One that is written all the time may have changed since without showing it.
    return (await this.#bring(found, asked)) && rest === 'quiet';
  }

  /** The project's own links are there, too. */
  #isLinkHere({ path, what }: Found): boolean {
    const stat = what === 'link' ? statOf(join(this.#here.source, path)) : undefined;
    return stat?.isSymbolicLink() ?? false;
  }

  /** Whether it is as it was at the last look. */
  #restOf(found: Found): 'quiet' | 'busy' | 'restless' {
    const state = stateText(found);
    const before = this.#waiting.get(found.path);
    if (before?.state === state) return 'quiet';
    const since = before?.since ?? performance.now();
    this.#waiting.set(found.path, { state, since });
    return performance.now() - since < PATIENCE ? 'busy' : 'restless';
  }

  async #bring(found: Found, asked: Asked): Promise<boolean> {
    const { path, mode, modified } = found;
    const { source, told, shown, tree } = this.#options;
    const unpacked = new UnpackedTree(source, () => `${STAGE}-${randomBytes(4).toString('hex')}`);
    const attributes = { mode: mode & 0o777, modified: new Date(Number(modified / 1_000_000n)) };
    try {
      await this.#makeFolders(unpacked, folderOf(path));
      const accepts = (part: string) => this.#accept(found, part);
      const isHere = await unpacked.file(path, attributes, this.#content(found, asked), accepts);
      if (isHere) told.brought(shown(path));
      return isHere;
    } catch (error) {
      if (error instanceof Changed) return false;
      if (error instanceof UserError) throw error;
      // What was learnt of it has not come true.
      tree.forget(path);
      if (error instanceof InTheWay) return this.#refuse(path, 'something of another kind is in its place');
      const code = codeOf(error);
      if (code === undefined) throw error;
      return this.#refuse(path, `it cannot be written here (${code})`);
    }
  }

  /** Folders that are made for what came from there are not to be sent there. */
  async #makeFolders(unpacked: UnpackedTree, folder: string): Promise<void> {
    const { source, tree } = this.#options;
    const missing: string[] = [];
    for (let at = folder; at !== '' && !statOf(join(source, at)); at = folderOf(at)) missing.push(at);
    await unpacked.folder(folder);
    for (const path of missing) {
      const stat = statOf(join(source, path));
      if (stat) tree.learn(path, folderSign(stat));
    }
  }

  #accept(found: Found, part: string): boolean {
    const { path } = found;
    if (this.#touched.has(path) || judge(path, found, this.#here) !== 'take') return false;
    const stat = statOf(part);
    const sign = stat && signOf(stat);
    if (sign === undefined) return false;
    const { tree } = this.#options;
    if (tree.follows(path)) tree.learn(path, sign);
    else this.#here.brought.set(path, sign);
    return true;
  }

  async *#content({ path, ...state }: Found, asked: Asked): AsyncGenerator<Buffer> {
    const at = { root: this.#options.volume, path };
    for (let offset = 0; offset < state.size; offset += PARTS * PART) {
      const count = Math.min(PARTS, Math.ceil((state.size - offset) / PART));
      const questions = Array.from({ length: count }, (_, part) => readOperation(at, offset + part * PART));
      for (const answer of await asked.ask(...questions)) {
        if (answer.kind !== 'part' || !isSame(answer.state, state)) throw new Changed();
        yield answer.bytes;
      }
    }
  }

  #refuse(path: string, why: string): true {
    const { told, shown } = this.#options;
    told.complain(`${printableLine(shown(path))} was not brought back: ${why}.`);
    return true;
  }
}

/** Why it cannot be brought back, whatever is here. */
function reasonAgainst({ what, path }: Found): string | undefined {
  if (what === 'link') return 'it is a link, and only files come back';
  if (what !== 'file') return 'it is no file';
  if (path.includes('\uFFFD')) return 'its name is no UTF-8';
  // A backslash would be another folder.
  if (process.platform === 'win32' && /[<>:"\\|?*]/.test(path)) return 'Windows has no such names';
  return undefined;
}

function stateText({ inode, modified, size, mode }: Found): string {
  return `${inode} ${modified} ${size} ${mode}`;
}

function isSame(a: State, b: State): boolean {
  return a.inode === b.inode && a.modified === b.modified && a.size === b.size;
}
