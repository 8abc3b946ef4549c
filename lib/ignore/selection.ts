import type { Pattern } from './pattern.js';

/** Which paths of a context are wanted. */
export interface Selection {
  /** A path must match one of these; none given means every path. */
  include?: readonly Pattern[];
  /** Patterns for paths to leave out of the included ones; a pattern with `!` takes paths back in. */
  exclude?: readonly Pattern[];
}

/** What a folder's patterns said, which the paths in it go on from: a pattern that matched a folder matches all in it. */
export interface Verdict {
  wanted: boolean;
  included: Matched;
  excluded: Matched;
}

interface Matched {
  matched: boolean;
  each: readonly boolean[];
}

/** Judges paths from the root downwards, as moby's patternmatcher and BuildKit's file sync do together. */
export class Judge {
  readonly #include: readonly Pattern[];
  readonly #exclude: readonly Pattern[];

  constructor(selection: Selection) {
    this.#include = selection.include ?? [];
    this.#exclude = selection.exclude ?? [];
  }

  /** @param parent the verdict on the folder that holds the path; absent for the root's own. */
  judge(path: string, parent?: Verdict): Verdict {
    const included = match(this.#include, path, parent?.included.each);
    const excluded = match(this.#exclude, path, parent?.excluded.each);
    return {
      included,
      excluded,
      wanted: (this.#include.length === 0 || included.matched) && !excluded.matched,
    };
  }

  /** Whether anything in an unwanted folder could still be wanted. */
  worthEntering(folder: string, verdict: Verdict): boolean {
    if (this.#include.length > 0 && !verdict.included.matched) {
      if (!this.#include.some((pattern) => !pattern.exclusion && mayMatchBelow(pattern, folder)))
        return false;
    }
    if (!verdict.excluded.matched) return true;
    return this.#exclude.some((pattern) => pattern.exclusion && mayMatchBelow(pattern, folder));
  }
}

function match(patterns: readonly Pattern[], path: string, parent: readonly boolean[] | undefined): Matched {
  let matched = false;
  const each = new Array<boolean>(patterns.length);
  patterns.forEach((pattern, at) => {
    let hit = parent?.[at] ?? false;
    // A pattern that cannot change the result is not matched, and so counts as unmatched for the paths below, as in
    // BuildKit.
    if (!hit && pattern.exclusion === matched) hit = pattern.matches(path);
    each[at] = hit;
    if (hit) matched = !pattern.exclusion;
  });
  return { matched, each };
}

function mayMatchBelow(pattern: Pattern, folder: string): boolean {
  const plain = pattern.text.replace(/\/\*\*$/, '').replace(/\/\*$/, '');
  return /[*[\]?^\\]/.test(plain) || `${plain}/`.startsWith(`${folder}/`);
}
