/** How hard blocks are compressed. */
export type Effort = 'none' | 'little' | 'much';

/** The cheapest first. */
const EFFORTS = ['none', 'little', 'much'] as const;

/** Portions that wait for the wire: with no more than so few it is about to be idle, from so many on there is a queue. */
const FEW = 1;
const QUEUE = 3;

/** Packed bytes sent without a queue, after which less effort will do: more than there are buffers on the way. */
const UNHINDERED = 4 * 2 ** 20;

/** Blocks until a queue holds none of before, and blocks whose time tells what an effort brings. */
const SETTLING = 10;
const MEASURED = 8;

/** Bytes a millisecond: a wire that takes less had better get nothing uncompressed, not even as a trial. */
const SLOW = 4e3;

/** Bytes a millisecond: where a wire takes so much, compressing only costs time. */
const FAST = 64e3;

/** A costlier effort has to bring so much more. */
const WORTHWHILE = 1.05;

/** Measurements after which others are made again; twice as many each further time. */
const PATIENCE = 64;

interface Sent {
  /** Bytes before packing. */
  plain: number;
  /** Bytes after it. */
  packed: number;
}

interface Run extends Sent {
  blocks: number;
  /** Since when its bytes are counted. */
  since: number;
}

/**
 * Chooses how hard the next blocks are compressed by what the wire and the processors really do. Where the wire waits,
 * less effort does. Where blocks wait, either the wire is slow, and more effort helps, or the target is busy, and unpacking
 * makes it slower still: so the efforts are tried, and what brings most bytes before packing is kept.
 */
export class Pace {
  #effort: Effort = 'little';
  /** Packed bytes sent since there was a queue. */
  #unhindered = 0;
  /** The blocks since there is a queue that all were packed with the same effort. */
  #run?: Run;
  /** Bytes before packing a millisecond. */
  readonly #rates = new Map<Effort, number>();
  #measurements = 0;
  #patience = PATIENCE;
  readonly #now: () => number;

  /** @param now milliseconds by some clock */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  get effort(): Effort {
    return this.#effort;
  }

  /**
   * Takes note of a block that is handed on.
   *
   * @param waiting portions that wait for the wire before it
   */
  sent({ plain, packed }: Sent, waiting: number): void {
    if (waiting < QUEUE) this.#run = undefined;
    if (waiting <= FEW) return this.#idle(packed);
    this.#unhindered = 0;
    if (waiting < QUEUE) return;
    const run = (this.#run ??= { blocks: 0, since: 0, plain: 0, packed: 0 });
    if (run.blocks === SETTLING) Object.assign(run, { since: this.#now(), plain: 0, packed: 0 });
    run.blocks++;
    run.plain += plain;
    run.packed += packed;
    if (run.blocks > SETTLING + MEASURED) this.#decide(run);
  }

  #idle(packed: number): void {
    this.#unhindered += packed;
    if (this.#effort !== 'much' && this.#unhindered < UNHINDERED) return;
    this.#unhindered = 0;
    this.#effort = this.#effort === 'much' ? 'little' : 'none';
  }

  #decide({ plain, packed, since }: Run): void {
    const elapsed = Math.max(1, this.#now() - since);
    this.#rates.set(this.#effort, plain / elapsed);
    if (++this.#measurements > this.#patience) {
      this.#patience *= 2;
      this.#measurements = 0;
      for (const effort of EFFORTS) if (effort !== this.#effort) this.#rates.delete(effort);
    }
    const next = this.#untried(packed / elapsed) ?? this.#best();
    // With the same one, the queue needs no time to settle.
    this.#run = next === this.#effort ? { blocks: SETTLING, since: 0, plain: 0, packed: 0 } : undefined;
    this.#effort = next;
  }

  /** @param drained bytes a millisecond that the wire takes */
  #untried(drained: number): Effort | undefined {
    if (this.#effort === 'none' && drained >= FAST) return undefined;
    const worthTrying = EFFORTS.filter((effort) => effort !== 'none' || drained >= SLOW);
    return worthTrying.find((effort) => !this.#rates.has(effort));
  }

  #best(): Effort {
    let best: Effort = this.#effort;
    for (const effort of EFFORTS) {
      const [rate = 0, most = 0] = [this.#rates.get(effort), this.#rates.get(best)];
      const isCheaper = EFFORTS.indexOf(effort) < EFFORTS.indexOf(best);
      if (isCheaper ? rate * WORTHWHILE >= most : rate > most * WORTHWHILE) best = effort;
    }
    return best;
  }
}
