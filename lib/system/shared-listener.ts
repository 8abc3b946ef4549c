import type { EventEmitter } from 'node:events';

type Listener = Parameters<EventEmitter['on']>[1];

const hubs = new WeakMap<EventEmitter, Map<string, Hub>>();

/** The one listener of an event, and those who have asked for it. */
interface Hub {
  listeners: Set<Listener>;
  dispatch: Listener;
}

/**
 * Listens as `emitter.on` does, but with one listener for all who listen in this way: of many tasks side by side Node
 * would otherwise say that they leak. A listener must not be one that listens already.
 *
 * @returns a function that ends it
 */
export function listenTogether(emitter: EventEmitter, event: string, listener: Listener): () => void {
  const events = hubs.get(emitter) ?? new Map<string, Hub>();
  hubs.set(emitter, events);
  const hub = events.get(event) ?? openHub(emitter, event);
  events.set(event, hub);
  hub.listeners.add(listener);
  return () => {
    if (!hub.listeners.delete(listener) || hub.listeners.size > 0) return;
    emitter.off(event, hub.dispatch);
    events.delete(event);
  };
}

function openHub(emitter: EventEmitter, event: string): Hub {
  const listeners = new Set<Listener>();
  const dispatch = (...args: unknown[]) => [...listeners].forEach((listener) => listener(...args));
  emitter.on(event, dispatch);
  return { listeners, dispatch };
}
