import { makerOf } from '../../engine/makers/index.js';
import type { EngineFacts } from '../../engine/types.js';
import { formatBytes } from '../../report/format.js';
import type { TransferPlan } from '../base/types.js';
import { type Codec, codecFor } from '../packing/compression.js';
import { canRelay } from '../target/relay/relay-program.js';

/** Which way an image goes to each of several hosts. */
export interface Ways {
  /**
   * Hosts that get what they lack from each other, where they reach each other: the first of them gets it from here, and if
   * it cannot, the next one. Two at least, or none.
   */
  together: readonly TransferPlan[];
  /** What is sent to these is packed as all of them can read it. */
  codec: Codec;
  /** Hosts that get it from here, each by itself, and why; not those to which next to nothing goes. */
  alone: readonly { plan: TransferPlan; reason: string }[];
}

export const ALL_ALONE: Ways = { together: [], codec: 'none', alone: [] };

/** Bytes, before compression, below which programs that give them on are not worth their start. */
const SMALLEST = 8 * 2 ** 20;

/** Which way an image goes to hosts: once over the wire from here to those that may get it from each other. */
export async function planWays(plans: readonly TransferPlan[]): Promise<Ways> {
  const facts = await Promise.all(plans.map(({ target }) => target.facts()));
  const codecs = await Promise.all(plans.map(({ target }) => codecFor(target)));
  return waysFor(plans.map((plan, i) => ({ plan, facts: facts[i], codec: codecs[i] ?? 'gzip' })));
}

export interface Candidate {
  plan: TransferPlan;
  facts?: EngineFacts;
  codec: Codec;
}

/** As {@link planWays}, of what the hosts say of themselves. */
export function waysFor(candidates: readonly Candidate[]): Ways {
  const large = candidates.filter(({ plan }) => bytesWhole(plan) >= SMALLEST && plan.target.address.remote);
  const reasons = new Map(large.map(({ plan, facts }) => [plan, reasonAgainst(facts)]));
  const [first, ...others] = large.filter(({ plan }) => reasons.get(plan) === undefined);
  if (!first || others.length === 0) return ALL_ALONE;
  const key = first.plan.image.diffIds.join();
  for (const { plan } of others)
    if (plan.image.diffIds.join() !== key) reasons.set(plan, 'its image is of another platform');
  const together = large.filter(({ plan }) => reasons.get(plan) === undefined);
  if (together.length < 2) return ALL_ALONE;
  return {
    together: together.map(({ plan }) => plan),
    codec: together.every(({ codec }) => codec === 'zstd') ? 'zstd' : 'gzip',
    alone: large.flatMap(({ plan }) => {
      const reason = reasons.get(plan);
      return reason === undefined ? [] : [{ plan, reason }];
    }),
  };
}

/** For the screen: which way the image goes, where that is not from here to each host by itself. */
export function renderWays({ together, alone }: Ways): string[] {
  const [head, ...peers] = together;
  if (!head) return [];
  const url = ({ target }: TransferPlan) => target.address.url;
  const bytes = formatBytes(Math.max(...together.map(bytesWhole)));
  return [
    `whole layers, about ${bytes} before compression, go once from here to ${url(head)}, and from there to ` +
      `${peers.map(url).join(', ')}; to one that cannot reach it, from here`,
    ...alone.map(({ plan, reason }) => `  ${url(plan)} gets a copy from here: ${reason}`),
  ];
}

/** Bytes of the layers that go whole, before compression. */
function bytesWhole({ alreadyThere, layers }: TransferPlan): number {
  if (alreadyThere !== undefined) return 0;
  const whole = layers.filter(({ state, way }) => state === 'missing' && way === 'whole');
  return whole.reduce((sum, { size = SMALLEST }) => sum + size, 0);
}

function reasonAgainst(facts: EngineFacts | undefined): string | undefined {
  if (!facts) return 'it does not say what it is';
  const { noRelay } = makerOf(facts);
  if (noRelay !== undefined) return noRelay;
  if (facts.rootless) return 'the containers of a rootless engine are not in the network of its host';
  return canRelay(facts.os, facts.arch) ? undefined : `there is no program for ${facts.os}/${facts.arch}`;
}
