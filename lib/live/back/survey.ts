import type { Answer, Entry } from '../sidecar/answers.js';
import { listOperation } from '../sidecar/operations.js';
import type { Rules } from '../tree/rules.js';

/** What is asked there, and answers in order. */
export interface Asked {
  ask(...operations: readonly Buffer[]): Promise<readonly Answer[]>;
}

/** Something there that is no folder. */
export interface Found extends Entry {
  /** Relative to the root. */
  path: string;
}

interface Folder {
  path: string;
  inode: number;
}

/** Seconds before the last look from which on the next one asks: times of files are not as fine as clocks. */
const MARGIN = 2;

/** Looks into a folder there again and again, for what has changed. Folders that hold nothing wanted are not entered. */
export class Survey {
  readonly #root: number;
  readonly #rules: Rules;
  /** Inodes of the folders of the last look. What is in one that was moved need not have changed. */
  #before: ReadonlyMap<string, number> = new Map();
  /** Seconds since 1970. */
  #since = 0;
  #next = 0;

  /** @param root number of the folder there */
  constructor(root: number, rules: Rules) {
    this.#root = root;
    this.#rules = rules;
  }

  /** @returns what is wanted and has changed, some of it told before */
  async take(asked: Asked): Promise<Found[]> {
    const found: Found[] = [];
    const folders = new Map<string, number>();
    let now: bigint | undefined;
    let level: Folder[] = [{ path: '', inode: 0 }];
    while (level.length > 0) {
      const answers = await asked.ask(...level.map((folder) => this.#question(folder)));
      const below: Folder[] = [];
      for (const [number, folder] of level.entries()) {
        folders.set(folder.path, folder.inode);
        const answer = answers[number];
        if (answer?.kind !== 'listed') continue;
        now ??= answer.now;
        for (const entry of answer.entries) this.#sort(folder.path, entry, { found, below });
      }
      level = below;
    }
    this.#before = folders;
    const seconds = Number((now ?? 0n) / 1_000_000_000n);
    // A clock that was set back makes all that is there new again.
    this.#next = seconds < this.#since ? 0 : Math.max(seconds - MARGIN, 0);
    return found;
  }

  /** All that was told is done: what has changed before need not be told again. */
  advance(): void {
    this.#since = this.#next;
  }

  #question({ path, inode }: Folder): Buffer {
    const isKnown = this.#before.get(path) === inode;
    return listOperation({ root: this.#root, path }, isKnown ? this.#since : 0);
  }

  #sort(folder: string, entry: Entry, { found, below }: { found: Found[]; below: Folder[] }): void {
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    if (entry.what === 'folder') {
      if (this.#rules.enters(path)) below.push({ path, inode: entry.inode });
    } else if (this.#rules.wants(path)) found.push({ ...entry, path });
  }
}
