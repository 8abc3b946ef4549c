import type { Http2Session } from 'node:http2';

/**
 * Ends a session in the next turn. In the one that it was made in, Node hands over what had been read before, and finds no
 * handle any more (a TypeError that nobody can catch).
 */
export function destroyLater(session: Http2Session): void {
  setImmediate(() => session.destroy());
}
