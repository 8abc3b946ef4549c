import type { Report } from '../report/types.js';

/** Milliseconds without a change after which what was done is told. */
const QUIET = 100;
/** So many names stand in a line. */
const FEW = 3;

/** Tells what was brought up to date, many saves at once in one line. */
export class Told {
  readonly #report: Report;
  readonly #synced = new Set<string>();
  readonly #removed = new Set<string>();
  readonly #brought = new Set<string>();
  readonly #complaints = new Set<string>();
  #timer?: NodeJS.Timeout;

  constructor(report: Report) {
    this.#report = report;
  }

  sent(path: string): void {
    this.#removed.delete(path);
    this.#synced.add(path);
    this.#later();
  }

  removed(path: string): void {
    this.#synced.delete(path);
    this.#removed.add(path);
    this.#later();
  }

  /** It came from there. */
  brought(path: string): void {
    this.#brought.add(path);
    this.#later();
  }

  /** Once for the same sentence. */
  complain(sentence: string): void {
    if (this.#complaints.has(sentence)) return;
    this.#complaints.add(sentence);
    this.#report.warn(sentence);
  }

  flush(): void {
    clearTimeout(this.#timer);
    if (this.#synced.size > 0) this.#report.info(`synced ${listed(this.#synced)}`);
    if (this.#removed.size > 0) this.#report.info(`took away ${listed(this.#removed)}`);
    if (this.#brought.size > 0) this.#report.info(`brought back ${listed(this.#brought)}`);
    for (const told of [this.#synced, this.#removed, this.#brought]) told.clear();
  }

  #later(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.flush(), QUIET);
  }
}

/** Names of few, and how many there are. */
export function listed(paths: Iterable<string>): string {
  const names = [...paths];
  if (names.length <= FEW) return names.join(', ');
  return `${names.length} files: ${names.slice(0, FEW).join(', ')} …`;
}
