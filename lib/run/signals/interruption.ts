import { constants } from 'node:os';
import type { Container } from '../../engine/containers/container.js';
import { UserError } from '../../text/user-error.js';
import type { RunPlan } from '../plan.js';
import { catchSignals } from './signals.js';

/** Seconds that a container has to end by itself when its run is aborted. */
const STOP_TIMEOUT = 10;
/** From this many ending signals on, the container is killed, in case it ignores them. */
const PATIENCE = 3;
const ENDING = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'] as const;

/**
 * Signals of this process and the abortion of a run: before the container is started either prevents the start, after
 * it they are passed on to the container.
 */
export class Interruption {
  readonly #outer: AbortSignal;
  readonly #abort = new AbortController();
  readonly #uncatch: () => void;
  #by?: (typeof ENDING)[number];
  #endings = 0;
  /** Came too early for the container, and do not keep it from being started. */
  readonly #early: string[] = [];
  #container?: Container;
  /** Aborted by what comes while there is nobody to pass it on to. */
  #pause?: AbortController;

  /** @param outer aborts the run from outside */
  constructor(outer: AbortSignal) {
    this.#outer = outer;
    this.#uncatch = catchSignals(this.#onSignal);
    outer.addEventListener('abort', this.#onAbort);
    if (outer.aborted) this.#abort.abort(outer.reason);
  }

  /** Aborted when the container must not be started any more. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** What a shell gives a program that was ended by such a signal. */
  get exitStatus(): number {
    return this.#by ? 128 + constants.signals[this.#by] : 1;
  }

  /** What a run fails with that was interrupted before its start. */
  error({ image }: RunPlan): unknown {
    if (!this.#by) return this.signal.reason;
    return new UserError(
      'INTERRUPTED',
      `Interrupted before ${image.name} was started; nothing is left of it.`,
      { exitStatus: this.exitStatus },
    );
  }

  /** From now on the container gets what this process gets, and at once what came while it was being started. */
  async passOnTo(
    container: Container,
    { detach, sigProxy }: { detach: boolean; sigProxy: boolean },
  ): Promise<void> {
    if (!detach && !sigProxy) this.#uncatch();
    this.#container = container;
    if (!detach && sigProxy)
      for (const signal of this.#early.splice(0)) await container.kill(signal).catch(() => undefined);
    if (!this.signal.aborted) return;
    await (this.#by && !detach ? container.kill(this.#escalated(this.#by)) : container.stop(STOP_TIMEOUT));
  }

  /**
   * Does work while there is no container that could be told of anything: what would end one ends the work, whose signal is
   * then aborted.
   *
   * @returns what the work does, or `ended`
   */
  async pause<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result | 'ended'> {
    const pause = (this.#pause = new AbortController());
    if (this.#outer.aborted) pause.abort(this.#outer.reason);
    try {
      return await work(pause.signal);
    } catch (error) {
      if (pause.signal.aborted) return 'ended';
      throw error;
    } finally {
      this.#pause = undefined;
    }
  }

  /** There is no container any more, and another start to come. */
  startOver(): void {
    this.#container = undefined;
  }

  /** Whether something has asked for the end of the run. */
  get wantsEnd(): boolean {
    return this.#endings > 0 || this.#outer.aborted;
  }

  /** What a run fails with that was interrupted while its engine could not be reached. */
  errorOfLost({ image }: RunPlan, name: string): unknown {
    if (!this.#by) return this.#outer.reason;
    return new UserError(
      'INTERRUPTED',
      `Interrupted while the engine of ${image.name} could not be reached; where it still runs: docker rm -f ${name}`,
      { exitStatus: 128 + constants.signals[this.#by] },
    );
  }

  release(): void {
    this.#uncatch();
    this.#outer.removeEventListener('abort', this.#onAbort);
  }

  readonly #onSignal = (signal: string): void => {
    const ending = ENDING.find((each) => each === signal);
    if (ending) this.#endings++;
    if (ending && this.#pause) {
      this.#by ??= ending;
      this.#pause.abort(new Error(`interrupted by ${signal}`));
    } else if (this.#container) {
      // An engine that does not answer any more is noticed by those who wait for the container.
      this.#container.kill(this.#escalated(signal)).catch(() => undefined);
    } else if (ending) {
      this.#by ??= ending;
      this.#abort.abort(new Error(`interrupted by ${signal}`));
    } else {
      this.#early.push(signal);
    }
  };

  /** What the container gets for a signal. All of them may have come while it was being started. */
  #escalated(signal: string): string {
    return this.#endings >= PATIENCE ? 'SIGKILL' : signal;
  }

  readonly #onAbort = (): void => {
    if (this.#pause) this.#pause.abort(this.#outer.reason);
    else if (this.#container) this.#container.stop(STOP_TIMEOUT).catch(() => undefined);
    else this.#abort.abort(this.#outer.reason);
  };
}
