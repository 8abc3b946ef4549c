import type { Path } from './source.js';

/** Something of a compose file that has no counterpart; the message goes on behind where it stands: `services.web.links …`. */
export class NotCarried extends Error {
  constructor(
    message: string,
    /** Where it stands, if not where it was asked for. */
    public path?: Path,
  ) {
    super(message);
  }
}
