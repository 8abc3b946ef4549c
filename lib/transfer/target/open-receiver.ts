import type { Engine } from '../../engine/types.js';
import { type Codec, codecFor } from '../packing/compression.js';
import { ContentReceiver } from './content-receiver.js';
import { LoadingReceiver } from './loading-receiver.js';
import type { Receiver } from './receiver.js';
import type { Member } from './relay/member.js';

/**
 * The receiving side of a transfer, as its target takes images.
 *
 * @param way by which it gets whole layers, where other hosts get them too, and the codec that all of these read
 */
export async function openReceiver(
  target: Engine,
  id: string,
  way: { codec: Codec; relay: Promise<Member | undefined> } | undefined,
  signal: AbortSignal,
): Promise<Receiver> {
  const { content } = target;
  return content
    ? new ContentReceiver(target, content, id, signal)
    : new LoadingReceiver(target, id, way ?? { codec: await codecFor(target) }, signal);
}
