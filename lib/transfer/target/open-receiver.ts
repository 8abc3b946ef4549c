import type { Engine } from '../../engine/types.js';
import { codecFor } from '../packing/compression.js';
import { ContentReceiver } from './content-receiver.js';
import { LoadingReceiver } from './loading-receiver.js';
import type { Receiver } from './receiver.js';

/** The receiving side of a transfer, as its target takes images. */
export async function openReceiver(target: Engine, id: string, signal: AbortSignal): Promise<Receiver> {
  const { content } = target;
  return content
    ? new ContentReceiver(target, content, id, signal)
    : new LoadingReceiver(target, id, await codecFor(target), signal);
}
