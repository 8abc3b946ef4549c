import { setTimeout as sleep } from 'node:timers/promises';
import { reasonOf } from '../engine/client/errors.js';
import { makerOf } from '../engine/makers/index.js';
import type { Means } from '../engine/means.js';
import type { Engine } from '../engine/types.js';
import type { ImageId } from '../oci/digest.js';
import { formatDuration } from '../report/format.js';
import type { Activity, Report } from '../report/types.js';
import { DeltaFailed, NotLoaded, Outpaced, RelayFailed, SourceFailed } from './base/failures.js';
import { removeLeftovers } from './base/leftovers.js';
import { beginTransferId, endTransferId } from './base/temporary-names.js';
import { explain, isConnectionLost, isNeverTaken } from './base/transfer-error.js';
import type { PlannedLayer, TransferPlan, TransferResult } from './base/types.js';
import { cleanUp } from './clean-up.js';
import { LayerIndexes } from './contents/layer-indexes.js';
import { Delivery } from './delivery.js';
import { openDeltas } from './deltas.js';
import { isNear } from './near.js';
import type { Codec } from './packing/compression.js';
import { toldOfAttestations } from './plan/attested.js';
import { ALL_ALONE, type Ways } from './plan/ways.js';
import type { ArchiveIndex } from './source/archive-index.js';
import { readAttestations } from './source/attestations.js';
import { HostFeed } from './source/host-feed.js';
import { LayerFeed } from './source/layer-feed.js';
import { areManySmall, isReadAlone } from './source/open-layer-reader.js';
import { summary } from './summary.js';
import { openReceiver } from './target/open-receiver.js';
import type { Receiver } from './target/receiver.js';
import type { Member } from './target/relay/member.js';
import { Relay } from './target/relay/relay.js';
import { TRIES, Tries, wasRemoved } from './tries.js';

/** The engines of a transfer stand in its plan. Layers that have arrived before the signal comes stay for the next try. */
export type TransferMeans = Pick<Means, 'report' | 'signal'>;

/**
 * Transfers an image as planned. The target has it under its name afterwards, proven to be complete, or has what it
 * had before under that name; nothing temporary is left, unless the connection is lost for good or this process is
 * ended: then what has arrived is kept for the next try, which removes it.
 *
 * @throws {UserError} `CONNECTION_LOST`, `TARGET_DISK_FULL`, `NOT_LOADED`, and those of the engine's connection
 */
export async function carryOutTransfer(plan: TransferPlan, means: TransferMeans): Promise<TransferResult> {
  const [outcome] = await carryOutTransfers([plan], means);
  if (outcome?.status !== 'fulfilled') throw outcome?.reason;
  return outcome.value;
}

/**
 * Transfers an image to several targets side by side: the source is read once for all that keep pace with each other
 * (see {@link LayerFeed}), and one target's failure is not the others'.
 *
 * @param plans of the same reference on the same source
 * @param ways which of them get from each other what several lack; each from here by itself unless given
 * @returns the outcomes in the order of the plans
 */
export async function carryOutTransfers(
  plans: readonly TransferPlan[],
  { report, signal }: TransferMeans,
  ways: Ways = ALL_ALONE,
): Promise<PromiseSettledResult<TransferResult>[]> {
  const sending = plans.filter(({ alreadyThere }) => alreadyThere === undefined);
  const near = (await Promise.all(sending.map(({ target }) => isNear(target)))).every(Boolean);
  const feeds = new Map<string, LayerFeed>();
  const indexes = new LayerIndexes();
  const feedOf = (plan: TransferPlan) => {
    // Plans for different platforms are plans of different images.
    const key = plan.image.diffIds.join();
    const feed = feeds.get(key) ?? feedFor(plan, near, { indexes });
    feeds.set(key, feed);
    return feed;
  };
  const engines = ways.together.map(({ target }) => target);
  const relay = new Relay(engines, plans[0]?.reference ?? '', signal);
  const close = () => Promise.all([...[...feeds.values()].map((feed) => feed.close()), relay.close()]);
  const stop = () => void close();
  signal.addEventListener('abort', stop);
  try {
    return await Promise.allSettled(
      plans.map((plan) =>
        transferTo(plan, { feed: feedOf(plan), relay, codec: ways.codec, indexes }, report, signal),
      ),
    );
  } finally {
    signal.removeEventListener('abort', stop);
    await close();
    if (indexes.unkept !== undefined) report.info(indexes.unkept);
  }
}

/**
 * An engine with a graph driver writes an image to its disk before it gives it away. Larger ones (bytes) shall not fill that,
 * where reading layers alone takes no longer.
 */
const LARGEST_STAGED = 2 ** 32;

/** @param near whether no wire is slower than the source */
function feedFor(
  plan: TransferPlan,
  near: boolean,
  { indexes, archive }: { indexes: LayerIndexes; archive?: ArchiveIndex },
): LayerFeed {
  const { source, target, reference, image, layers, base, bytes } = plan;
  const isWireSlower =
    target.address.remote &&
    !(near && bytes.most <= LARGEST_STAGED) &&
    layers.every(({ way }) => way === 'whole');
  const isKnown = 'stored' in base;
  const wanted = layers.map(({ size, state }) => ({ size, wanted: state !== 'there' }));
  const isQuickerWhole = !image.manifest && !source.address.remote && areManySmall(wanted);
  const alone =
    isKnown || (!isQuickerWhole && (isWireSlower || isReadAlone(source, image, bytes.most, layers)));
  return new LayerFeed(source, reference, image, { indexes, archive, alone, shared: archive === undefined });
}

/** What the transfers to several hosts share. */
interface Shared {
  feed: LayerFeed;
  relay: Relay;
  codec: Codec;
  indexes: LayerIndexes;
}

async function transferTo(
  plan: TransferPlan,
  { feed, relay, codec, indexes }: Shared,
  report: Report,
  signal: AbortSignal,
): Promise<TransferResult> {
  const { target, reference } = plan;
  const started = performance.now();
  const activity = report.activity(`transfer to ${target.address.url}`);
  const id = beginTransferId(reference);
  const joining = plan.alreadyThere === undefined ? joinRelay(relay, target, activity) : undefined;
  const receiver = await openReceiver(target, id, joining && { codec, relay: joining }, signal);
  for (const line of toldOfAttestations(plan)) activity.line(line);
  const delivery = new Delivery(plan, receiver, activity, {
    deltas: () => {
      if ('none' in plan.base) throw new DeltaFailed(plan.base.none);
      return openDeltas({ source: plan.source, target, id, signal, indexes }, plan.base);
    },
    attested: () => readAttestations(plan, id, signal),
    together: joining !== undefined,
  });
  try {
    const imageId =
      plan.alreadyThere ??
      (await withRetries(delivery, { feed, indexes }, plan, { activity, signal, receiver }));
    await cleanUp(plan, id, receiver, { activity, signal });
    const { layersSent, deltasSent } = delivery;
    const { bytesSent, bytesGiven } = receiver;
    const result = {
      id: imageId,
      bytesSent,
      bytesGiven,
      layersSent,
      deltasSent,
      elapsed: Math.round(performance.now() - started),
    };
    activity.done(summary(plan, result));
    return result;
  } catch (error) {
    if (!isConnectionLost(error) && !signal.aborted) {
      // The failure itself is what the user has to know.
      await removeLeftovers(target, (other) => other === id).catch(() => undefined);
    }
    activity.failed();
    throw explain(error, plan, makerOf(await target.facts()).makeRoom);
  } finally {
    endTransferId(id);
  }
}

async function withRetries(
  delivery: Delivery,
  { feed: shared, indexes }: Pick<Shared, 'feed' | 'indexes'>,
  plan: TransferPlan,
  { activity, signal, receiver }: { activity: Activity; signal: AbortSignal; receiver: Receiver },
): Promise<ImageId> {
  const own = () => {
    activity.line('slower than the others: goes on at its own pace');
    receiver.leaveOthers();
    return feedFor(plan, false, { indexes, archive: shared.archive });
  };
  const feed = new HostFeed(shared, own);
  const stop = () => void feed.close();
  signal.addEventListener('abort', stop);
  const tries = new Tries(plan.source);
  try {
    for (;;) {
      try {
        return await delivery.run(feed);
      } catch (error) {
        if (error instanceof Outpaced) {
          feed.leave();
          continue;
        }
        if (error instanceof DeltaFailed && !signal.aborted) {
          activity.line(`whole layers go from here on, because the delta failed: ${error.message}`);
          delivery.sendWhole();
          continue;
        }
        if (error instanceof RelayFailed && !signal.aborted) {
          activity.line(`goes on from here, because no other host gives it on: ${error.message}`);
          receiver.goAlone();
          continue;
        }
        if (error instanceof NotLoaded) feed.verify();
        // Nothing holds layers against "docker system prune -af": of containers, it spares only those that run.
        if (wasRemoved(error)) delivery.sendWhole(true);
        const pause = tries.pauseAfter(error, delivery.layersSent);
        if (signal.aborted) throw error;
        if (pause === undefined) throw await causeOf(error, feed, plan.layers.slice(delivery.present));
        activity.line(`${reasonOf(error)}; try ${tries.count} of ${TRIES} in ${formatDuration(pause)}`);
        await sleep(pause, undefined, { signal });
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    await feed.close();
  }
}

/** A layer that an engine cannot unpack may have been broken by the source, which is to blame then. */
async function causeOf(error: unknown, feed: HostFeed, missing: readonly PlannedLayer[]): Promise<unknown> {
  if (!isNeverTaken(error)) return error;
  const checking = feed.check(missing.map(({ diffId }) => diffId));
  const found: unknown = await checking.catch((reason: unknown) => reason);
  return found instanceof SourceFailed ? found : error;
}

/** How a host gets what others lack, too; undefined where it gets that by its own connection. */
function joinRelay(
  relay: Relay,
  target: Engine,
  activity: Activity,
): Promise<Member | undefined> | undefined {
  if (!relay.isFor(target)) return undefined;
  return relay.join(target).then((joined) => {
    if ('reason' in joined) {
      activity.line(`gets a copy from here: ${joined.reason}`);
      return undefined;
    }
    joined.member.tell = (reason) => activity.line(`goes on with a copy from here: ${reason}`);
    return joined.member;
  });
}
