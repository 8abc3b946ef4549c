import { parsePattern, type Pattern } from '../../ignore/pattern.js';
import { Judge, type Selection, type Verdict } from '../../ignore/selection.js';
import { UserError } from '../../text/user-error.js';
import { placeOf, type Word } from '../../text/word.js';

/** @throws {UserError} `IGNORE_PATTERN` with the place of a pattern that cannot be read, or that nothing can match */
export function patternsOf(words: readonly Word[]): Pattern[] {
  return words.flatMap(({ text, origin }) => {
    try {
      const pattern = parsePattern(text.replace(/^(!?)\/+/, '$1'));
      if (pattern && /^\.\.(\/|$)/.test(pattern.text))
        throw new SyntaxError('it leads out of the project, whose files alone are followed');
      return pattern ?? [];
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      const place = origin ? `${placeOf(origin)}: ` : '';
      const sentence = `${place}the pattern ${text} cannot be read: ${error.message}.`;
      throw new UserError('IGNORE_PATTERN', sentence, { cause: error });
    }
  });
}

/** Begins the names of files that are not whole yet, on either side. */
export const STAGE = '.gulp-dockerutils-live';

/** Which paths of a folder are kept current. Verdicts on folders are remembered. */
export class Rules {
  readonly #judge: Judge;
  readonly #above: string;
  readonly #hidden: ReadonlySet<string>;
  readonly #verdicts = new Map<string, Verdict | undefined>();

  /**
   * @param selection what is wanted and what stays out; patterns are relative to the project's folder
   * @param above the path from there to the folder, `''` for itself
   * @param hidden paths of the folder that stay out, whatever the patterns say
   */
  constructor(selection: Selection, above: string, hidden: readonly string[]) {
    this.#judge = new Judge(selection);
    this.#above = above;
    this.#hidden = new Set(hidden);
  }

  /** Whether what stands there is wanted. */
  wants(path: string): boolean {
    if (this.#isHidden(path) || path.slice(path.lastIndexOf('/') + 1).startsWith(STAGE)) return false;
    return path === '' || this.#judge.judge(this.#full(path), this.#verdictOfFolder(folderOf(path))).wanted;
  }

  /** Whether anything in the folder could be wanted. */
  get reaches(): boolean {
    const verdict = this.#verdictOfFolder('');
    return verdict === undefined || verdict.wanted || this.#judge.worthEntering(this.#above, verdict);
  }

  /** Whether a folder is wanted, or could hold what is. */
  enters(path: string): boolean {
    if (this.#isHidden(path)) return false;
    if (path === '') return true;
    const verdict = this.#verdictOfFolder(path);
    return verdict === undefined || verdict.wanted || this.#judge.worthEntering(this.#full(path), verdict);
  }

  /** Whether something else is mounted there, for which there has to be a folder. */
  isMountPoint(path: string): boolean {
    return this.#hidden.has(path) && !this.#isHidden(folderOf(path));
  }

  #isHidden(path: string): boolean {
    for (let at = path; at !== ''; at = folderOf(at)) if (this.#hidden.has(at)) return true;
    return false;
  }

  #full(path: string): string {
    return [this.#above, path].filter((part) => part !== '').join('/');
  }

  /** Undefined for the project's own folder. */
  #verdictOfFolder(path: string): Verdict | undefined {
    return this.#verdict(this.#full(path));
  }

  #verdict(full: string): Verdict | undefined {
    if (full === '') return undefined;
    const known = this.#verdicts.get(full);
    if (known) return known;
    const verdict = this.#judge.judge(full, this.#verdict(folderOf(full)));
    this.#verdicts.set(full, verdict);
    return verdict;
  }
}

/** The folder that holds a path; `''` holds those without a slash. */
export function folderOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0));
}
