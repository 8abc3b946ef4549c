import { type Environment, usableDockerConfig } from '../../engine/credentials/docker-config.js';
import { UserError } from '../../text/user-error.js';

/** What the docker CLI detaches by where nobody says otherwise. */
const DEFAULT_DETACH_KEYS = 'ctrl-p,ctrl-q';

/** What the user detaches by, as the docker configuration says. */
export function configuredDetachKeys(env: Environment): string {
  return usableDockerConfig(env).detachKeys || DEFAULT_DETACH_KEYS;
}

const CONTROL = '@abcdefghijklmnopqrstuvwxyz[\\]^_';

/**
 * The bytes of a sequence such as `ctrl-p,ctrl-q` or `a,b`: single ASCII characters, or `ctrl-` and a letter or one of
 * `@ [ \ ] ^ _`.
 * @throws {UserError} `BAD_DETACH_KEYS`
 */
export function parseDetachKeys(keys: string): number[] {
  return keys.split(',').map((key) => {
    const [, control] = /^ctrl-(.)$/.exec(key) ?? [];
    const code = control === undefined ? -1 : CONTROL.indexOf(control);
    if (code >= 0) return code;
    if (/^[\x00-\x7f]$/.test(key)) return key.charCodeAt(0);
    throw new UserError(
      'BAD_DETACH_KEYS',
      `The detach keys "${keys}" cannot be read: give characters or ctrl-<letter>, with commas between them.`,
    );
  });
}

/** Watches keyboard input for the detach keys; what may be their beginning is held until the next key decides. */
export class DetachKeyWatcher {
  readonly #keys: readonly number[];
  /** What has been typed of the keys. */
  #held: number[] = [];

  constructor(keys: readonly number[]) {
    this.#keys = keys;
  }

  /** What of `input` goes on to the container, and whether the keys were complete at its end. */
  filter(input: Uint8Array): { forward: Uint8Array; detached: boolean } {
    const forward: number[] = [];
    for (const byte of input) {
      this.#held.push(byte);
      while (!this.#held.every((key, index) => key === this.#keys[index]))
        forward.push(...this.#held.splice(0, 1));
      if (this.#held.length === this.#keys.length)
        return { forward: Uint8Array.from(forward), detached: true };
    }
    return { forward: Uint8Array.from(forward), detached: false };
  }
}
