import type { Activity } from '../../report/types.js';
import type { EngineMessage } from '../client/messages.js';

/** What the engine says went wrong, inside an answer that began well. */
export class EngineStreamError extends Error {
  override name = 'EngineStreamError';
}

/**
 * Passes on what the engine says while it pulls or pushes an image, and shows each layer as an item of `activity`.
 *
 * @throws {EngineStreamError} with the engine's words, which are mostly the registry's; and whatever the stream fails
 *   with
 */
export async function* layerMessages(
  messages: AsyncIterable<EngineMessage>,
  activity?: Activity,
): AsyncGenerator<EngineMessage> {
  for await (const message of messages) {
    if (message.error !== undefined) throw new EngineStreamError(message.error);
    if (activity) showLayer(message, activity);
    yield message;
  }
}

const LAYER_ID = /^[0-9a-f]{12}$/;

const ENDED: Readonly<Record<string, { state: 'done' | 'cached'; note?: string }>> = {
  Pushed: { state: 'done', note: 'pushed' },
  'Pull complete': { state: 'done', note: 'pulled' },
  'Layer already exists': { state: 'cached', note: 'already there' },
  'Already exists': { state: 'cached', note: 'already there' },
};

/** States that the progress bar shows already, so that no text is needed. */
const MOVING = new Set(['Pushing', 'Downloading']);

function showLayer({ id = '', status = '', progressDetail = {} }: EngineMessage, activity: Activity): void {
  if (!LAYER_ID.test(id)) return;
  const { current, total } = progressDetail;
  const ended = status.startsWith('Mounted from ') ? ({ state: 'cached' } as const) : ENDED[status];
  activity.item(id, {
    label: id,
    state: 'running',
    note: MOVING.has(status) ? undefined : status.toLowerCase(),
    completed: current,
    // The engine's total is a guess, and can be less than the bytes that it has sent.
    total: total === undefined ? undefined : Math.max(total, current ?? 0),
    ...ended,
  });
}
