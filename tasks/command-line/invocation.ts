import { UserError } from '../../lib/text/user-error.js';
import { type AnyFlagTable, type Chosen, describeFlags, type FlagTable } from '../flags.js';
import type { Task } from '../task.js';
import { formsOf, type GivenWords, readOptions, readWords, swallowedSentence } from './given-words.js';
import { beforeListing } from './listing.js';
import { NeverRun } from './never-run.js';
import { type Gulp, reachableTasks, type Runnable } from './reachable.js';
import { type Asked, type Kinds, ownNames, refusal } from './refusal.js';

/**
 * One run of gulp: the words of its command line, and the tasks that it is made of.
 *
 * What no task takes ends the run before anything is done. gulp starts the first task, whichever it is; at that moment
 * its tree tells which tasks will run, and the words are judged by all of them. Tasks that a function of the gulpfile
 * calls by itself are not in the tree: they are judged when they are called.
 */
export class Invocation {
  readonly #own = new Set<string>();
  readonly #asked = new WeakMap<object, Asked>();
  /** All tasks, until the first one starts. */
  #made: Task[] = [];
  #watching = false;
  /** What the tree tells that will run; undefined before the first start. */
  #planned: readonly Asked[] | undefined;
  readonly #called: Asked[] = [];
  readonly #taken = new Set<string>();
  #pipelines: AnyFlagTable | undefined;
  /** What functions of the gulpfile make and have to run. */
  readonly neverRun = new NeverRun();
  readonly #inner = new WeakMap<Task, Runnable>();
  #pure: ReadonlySet<Task> = new Set();

  /**
   * @param argv the words after `gulp`
   * @param kinds the flags of all kinds of task
   * @param isGulp whether other words than flags are names of tasks; they are a script's own where it calls tasks itself
   */
  constructor(
    readonly argv: readonly string[],
    readonly kinds: Kinds,
    readonly isGulp = true,
  ) {}

  /** Whether the words have `--json`, and that is no flag of the gulpfile itself. */
  get asksForJson(): boolean {
    return this.#words().flags.some(({ name, value }) => name === 'json' && value !== 'false');
  }

  /** Takes flags of the gulpfile itself for granted. */
  declare(flags: readonly string[]): void {
    for (const flag of flags) this.#own.add(flag.replace(/^--?/, ''));
  }

  /**
   * To be called if functions of the gulpfile may have pipelines that take these flags: they are then accepted.
   */
  expectPipelines(flags: AnyFlagTable): void {
    this.#pipelines = { ...this.#pipelines, ...flags };
  }

  /** To be called for every task that is created. */
  add(task: Task, asked: Asked): void {
    this.#asked.set(task, asked);
    this.neverRun.made(task, asked.name);
    if (this.#planned === undefined && this.#called.length === 0) this.#made.push(task);
  }

  /** To be called for a task that has another within, be it a composed one. */
  contains(task: Task, inner: Runnable): void {
    this.#inner.set(task, inner);
  }

  /** Whether all that such a task has within is of ours, as far as is known: it does nothing then in a dry run. */
  isPure(task: Task): boolean {
    const inner = this.#inner.get(task);
    return this.#pure.has(task) || (inner !== undefined && this.#asked.has(inner));
  }

  /**
   * Judges the words when the first task of `gulp` starts.
   *
   * @throws {UserError} `UNKNOWN_FLAG` where gulp sees no task at all, for the one that it takes for the value of a
   *   flag
   */
  watch(gulp: Gulp): void {
    if (this.argv.length > 0) this.#refuseHiddenTask(gulp);
    if (this.#watching) return;
    this.#watching = true;
    this.neverRun.watch(gulp);
    if (this.argv.length === 0) return;
    const judge = () => {
      gulp.off('start', judge);
      this.#plan(gulp);
    };
    // Before gulp tells that it starts anything.
    gulp.prependListener('start', judge);
  }

  /**
   * The options of a task that starts, from the command line.
   *
   * @throws {UserError} `BAD_FLAG` for words that no task of this run understands
   */
  take<Options>(asked: Asked & { flags: FlagTable<Options> }): Partial<Chosen<Options>> {
    if (this.#planned === undefined || this.#planned.length === 0) {
      this.#made = [];
      this.#called.push(asked);
      this.#judge(this.#called, (one) => withoutYielding(one.flags, () => true));
    }
    const flags = this.#flagsOf(asked);
    for (const name of ownNames(flags)) this.#taken.add(name);
    return readOptions<Options>(flags, this.#words().flags);
  }

  /** Whether a task of this kind is part of the same run. */
  includes(kind: string): boolean {
    return [...(this.#planned ?? []), ...this.#called].some((one) => one.kind === kind);
  }

  /** Lets gulp list tasks without their flags, unless the gulpfile has set these itself. */
  hideFlags(gulp: Gulp): void {
    beforeListing(gulp, () => {
      for (const task of this.#made) {
        const asked = this.#asked.get(task);
        if (asked && task.flags === describeFlags(asked.flags)) task.flags = {};
      }
    });
  }

  /** `gulp --pull build` would run `default`, or say that there is none. */
  #refuseHiddenTask(gulp: Gulp): void {
    const { flags, tasks, swallowed } = this.#words();
    if (tasks.length > 0 || this.argv.some((word) => /^(-T|--tasks\b.*)$/.test(word))) return;
    const hidden = flags.flatMap(({ swallowed: word, written }) =>
      word !== undefined && gulp.task(word) ? [swallowedSentence(word, written)] : [],
    );
    const sentences = [...swallowed, ...hidden];
    if (sentences.length > 0) throw new UserError('UNKNOWN_FLAG', sentences.join('\n'));
  }

  #plan(gulp: Gulp): void {
    const { tasks } = this.#words();
    const {
      tasks: found,
      others,
      pure,
    } = reachableTasks(gulp, tasks.length > 0 ? tasks : ['default'], this.#made, (task) =>
      this.#inner.get(task),
    );
    this.#pure = pure;
    this.#made = [];
    this.#planned = found.flatMap((task) => this.#asked.get(task) ?? []);
    if (this.#planned.length === 0) return;
    const pipelines = others && this.#pipelines;
    this.#judge(this.#planned, (one) => this.#flagsOf(one), pipelines || {});
    if (pipelines) this.#checkAtExit();
  }

  /** A flag that was let pass for a pipeline that may build, and that nothing took, is no success. */
  #checkAtExit(): void {
    process.once('exit', (status) => {
      const left = this.#words().flags.filter(({ name }) => !this.#taken.has(name));
      if (status !== 0 || left.length === 0) return;
      console.error(`Nothing that ran takes ${left.map(({ written }) => written).join(', ')}.`);
      process.exitCode = 1;
    });
  }

  /** The flags that a task takes among those that run beside it. */
  #flagsOf({ flags }: Asked): AnyFlagTable {
    return withoutYielding(flags, (kind) => this.includes(kind));
  }

  #words(): GivenWords {
    return readWords(this.argv, formsOf(Object.values(this.kinds)), this.#own);
  }

  /** @param assumed flags that what is not known yet may take */
  #judge(asked: readonly Asked[], flagsOf: (one: Asked) => AnyFlagTable, assumed: AnyFlagTable = {}): void {
    const { flags, incomplete, swallowed } = this.#words();
    const afterwards = asked === this.#called;
    const taken = new Set([...asked.map(flagsOf), assumed].flatMap((table) => [...ownNames(table)]));
    const strange = flags.filter(({ name, written }) => !taken.has(name) || !written.startsWith('--'));
    const sentences = [
      ...incomplete,
      ...(this.isGulp ? swallowed : []),
      ...new Set(strange.map((flag) => refusal(flag, asked, { kinds: this.kinds, afterwards }))),
    ];
    if (sentences.length > 0) throw new UserError('UNKNOWN_FLAG', sentences.join('\n'));
    for (const one of asked) readOptions(flagsOf(one), flags);
  }
}

/** Without the flags that another kind of task takes alone. */
function withoutYielding(flags: AnyFlagTable, includes: (kind: string) => boolean): AnyFlagTable {
  return Object.fromEntries(Object.entries(flags).filter(([, { yieldsTo }]) => !yieldsTo?.some(includes)));
}
