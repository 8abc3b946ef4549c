import type { Selection } from '../ignore/selection.js';
import { Rules } from './tree/rules.js';
import { Tree } from './tree/tree.js';

/** Milliseconds without a change after which what has changed counts as one step. */
const QUIET = 100;

export interface TriggerOptions {
  /** The project's folder. */
  root: string;
  /** What counts. */
  selection: Selection;
  /** @param paths what has changed, relative to the project's folder */
  onFire: (paths: readonly string[]) => void;
  onFailure: (error: unknown) => void;
}

/** Tells of changes to some files of a project, many saves at once as one. */
export class Trigger {
  readonly #tree: Tree;
  readonly #options: TriggerOptions;
  readonly #changed = new Set<string>();
  #timer?: NodeJS.Timeout;
  #turn?: NodeJS.Immediate;

  constructor(options: TriggerOptions) {
    this.#options = options;
    const { root, selection, onFailure } = options;
    const onChange = () => this.#later();
    const rules = new Rules(selection, '', []);
    this.#tree = new Tree({ source: root, rules, onChange, onFailure });
    // What is there already is no change.
    for (const _ of this.#tree.take());
    this.#forget();
  }

  close(): void {
    this.#tree.close();
    this.#forget();
  }

  #later(): void {
    this.#forget();
    // On a busy machine the timer may come before changes that were made in time: they are heard of in that turn.
    this.#timer = setTimeout(() => (this.#turn = setImmediate(() => this.#look())), QUIET);
  }

  #forget(): void {
    clearTimeout(this.#timer);
    clearImmediate(this.#turn);
  }

  #look(): void {
    try {
      for (const { kind, path } of this.#tree.take()) if (kind !== 'folder') this.#changed.add(path);
    } catch (error) {
      return this.#options.onFailure(error);
    }
    if (this.#changed.size === 0) return;
    const paths = [...this.#changed];
    this.#changed.clear();
    this.#options.onFire(paths);
  }
}
