import { randomBytes } from 'node:crypto';
import { reasonOf } from '../../../engine/client/errors.js';
import type { Engine } from '../../../engine/types.js';
import { removeLeftovers } from '../../base/leftovers.js';
import { beginTransferId, endTransferId } from '../../base/temporary-names.js';
import { addressBytes, addressesIn } from './addresses.js';
import { type Block, type BlockSource, Member, SILENT } from './member.js';
import { KEY_BYTES, sealed } from './sealed.js';

const SECRET_BYTES = 64;

/** Blocks that the host that gives them on keeps; some of those for which it has room. */
const KEPT = 48;

/** Milliseconds in which a host has to reach another that does not refuse it. */
const DIALING = 8_000;

/** Milliseconds after which one that gets no block that the other has takes no more. */
const PATIENCE = 5_000;

/** How a host gets what it lacks: with others, or from here alone and why. */
export type Joined = { member: Member } | { reason: string };

/** Hosts that get an image from each other: what several of them lack crosses the wire from here once. */
export class Relay implements BlockSource {
  readonly #id: string;
  readonly #engines: readonly Engine[];
  readonly #signal: AbortSignal;
  readonly #key = randomBytes(KEY_BYTES);
  readonly #numbers = new WeakMap<Buffer, Map<number, number>>();
  readonly #members = new Map<Engine, Member>();
  readonly #reasons = new Map<Engine, string>();
  /** What each of the others is called by the first. */
  readonly #peers = new Map<Member, number>();
  #head?: Member;
  #latest = 0;
  #forming?: Promise<void>;
  #timer?: NodeJS.Timeout;

  /**
   * @param engines in the order in which they may be the one that gives on
   * @param reference of the image
   */
  constructor(engines: readonly Engine[], reference: string, signal: AbortSignal) {
    this.#engines = engines;
    this.#signal = signal;
    this.#id = beginTransferId(reference);
  }

  isFor(engine: Engine): boolean {
    return this.#engines.includes(engine);
  }

  /** How one of the hosts gets what it lacks. */
  async join(engine: Engine): Promise<Joined> {
    await (this.#forming ??= this.#form());
    const member = this.#members.get(engine);
    if (member) return { member };
    return { reason: this.#reasons.get(engine) ?? 'no other host reaches it' };
  }

  /** Ends all programs; nothing of them is left. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    await this.#forming?.catch(() => undefined);
    this.#head = undefined;
    this.#peers.clear();
    await Promise.all(
      (this.#forming ? this.#engines : []).map(async (engine) => {
        await this.#members
          .get(engine)
          ?.close()
          .catch(() => undefined);
        await removeLeftovers(engine, (id) => id === this.#id).catch(() => undefined);
      }),
    );
    endTransferId(this.#id);
  }

  async room(): Promise<void> {
    await this.#head?.room();
  }

  share({ of, at, piece }: Block, member: Member): number | undefined {
    const [head, peer] = [this.#head, this.#peers.get(member)];
    if (!head || (peer === undefined && member !== head)) return undefined;
    const numbers = this.#numbers.get(of) ?? new Map<number, number>();
    let number = numbers.get(at);
    if (number === undefined) {
      number = ++this.#latest;
      this.#numbers.set(of, numbers.set(at, number));
      head.send('B', number, 0, sealed(piece, this.#key, number));
      head.arrivals.delete(number - 2 * KEPT);
    } else if (this.#latest - number > KEPT) {
      return undefined;
    }
    if (peer === undefined) return number;
    head.send('F', number, peer);
    member.given += piece.length;
    return number;
  }

  left(member: Member): void {
    this.#peers.delete(member);
    if (member !== this.#head || !member.ended) return;

    this.#head = undefined;
    for (const peer of [...this.#peers.keys()]) peer.leave(SILENT);
  }

  async #form(): Promise<void> {
    const [id, signal] = [this.#id, this.#signal];
    await Promise.all(
      this.#engines.map(async (engine) => {
        try {
          this.#members.set(engine, await Member.start({ engine, id, signal }));
        } catch (error) {
          this.#reasons.set(engine, reasonOf(error));
        }
      }),
    );
    const able = this.#engines.flatMap((engine) => this.#members.get(engine) ?? []);
    for (const head of able) {
      if (able.length < 2 || (await this.#gather(head, able).catch(() => false))) break;
    }
    const group = new Set(this.#head ? [this.#head, ...this.#peers.keys()] : []);
    for (const member of able) {
      if (group.has(member)) continue;
      this.#members.delete(member.engine);
      await member.close().catch(() => undefined);
    }
    for (const member of group) member.join(this);
    this.#timer = setInterval(() => this.#look(), PATIENCE / 4);
    this.#timer.unref();
  }

  /** Has the others dial one of them; returns whether any reached it. */
  async #gather(head: Member, able: readonly Member[]): Promise<boolean> {
    const others = able.filter((one) => one !== head);
    const secrets = new Map(others.map((one) => [one, randomBytes(SECRET_BYTES)]));
    head.send('K', 0, 0, this.#key);
    // Before it listens, so that nobody dials too early.
    for (const [number, one] of others.entries()) head.send('P', number, 0, secrets.get(one));
    head.send('L', 0);
    const { first: port, bytes } = await head.answer('L');
    const addresses = addressesIn(bytes.toString('latin1')).map(addressBytes);
    const { url } = head.engine.address;
    const dial = async ([member, secret]: [Member, Buffer], number: number) => {
      member.send('K', 0, 0, this.#key);
      member.send('C', port, 0, Buffer.concat([secret, ...addresses]));
      const outcome = await Promise.race([member.answer('C', 'N').catch(() => undefined), timeUp()]);
      if (outcome?.type === 'C') this.#peers.set(member, number);
      else this.#reasons.set(member.engine, `it does not reach ${url}`);
    };
    await Promise.all([...secrets].map(dial));
    if (this.#peers.size === 0) return false;
    this.#head = head;
    return true;
  }

  /** Notices that the network between hosts has gone silent. */
  #look(): void {
    for (const member of [...this.#peers.keys()]) {
      const number = member.awaited;
      const since = number === undefined ? undefined : this.#head?.arrivals.get(number);
      if (since === undefined) continue;
      const last = Math.max(since, member.lastArrival);
      if (performance.now() - last > PATIENCE) member.leave(SILENT);
    }
  }
}

async function timeUp(): Promise<undefined> {
  await new Promise((resolve) => setTimeout(resolve, DIALING).unref());
  return undefined;
}
