import { trimmed } from '../text/trim.js';
import { UserError } from '../text/user-error.js';
import type { Destination } from './destination.js';

/** What the registry said, by way of the engine, instead of taking the image. */
export class Refusal extends Error {
  override name = 'Refusal';

  /** @param words the registry's own; of addresses in them the query goes, which may hold what opens an upload. */
  constructor(words: string) {
    const [said = ''] = words.split('\nNote: '); // The engine's own advice.
    const lines = said.split('\n').flatMap((line) => line.trim() || []);
    super(
      lines
        .join('\n')
        .replaceAll(':\n', ': ')
        .replaceAll('\n', '; ')
        .replace(/https?:\/\/[^\s"]+/g, withoutQuery),
    );
  }

  /** Whether it may well be over after a while. */
  get passing(): boolean {
    return PASSING.some((pattern) => pattern.test(this.message));
  }

  asUserError({ reference, registry }: Destination, { tries }: { tries: number }): UserError {
    const words = trimmed(this.message, /[.\s]/, 'end');
    const sentence = `${reference} was not published${tries > 1 ? ` in ${tries} tries` : ''}: ${words}`;
    const advice = ADVICE.find(([pattern]) => pattern.test(words))?.[1](registry);
    return new UserError('PUSH_FAILED', `${sentence}${advice ? ` – ${advice}` : ''}.`);
  }
}

/** A URL in a sentence, whose colon or comma may stand behind it. */
function withoutQuery(url: string): string {
  const [address = '', ...query] = url.split('?');
  return address + (query.length > 0 ? (/[:,]$/.exec(url)?.[0] ?? '') : '');
}

/** Status lines and codes of a registry that is busy, and what Go's network library says of a connection that broke. */
const PASSING = [
  /\b(?:HTTP|status code:?) (?:429|502|503|504)\b/i,
  /\b(?:429 Too Many Requests|502 Bad Gateway|503 Service Unavailable|504 Gateway Time-?out)\b/i,
  // Engine 28 with containerd's store passes on a registry's sentence without its status.
  /\btoo ?many ?requests\b|\brate limit|\bslow ?down\b|\bunavailable\b|try again later/i,
  /\b(?:connection (?:reset|refused)|broken pipe|EOF|i\/o timeout|TLS handshake timeout)\b/i,
  /use of closed network connection|server closed idle connection|client connection lost/i,
];

const ADVICE: readonly [RegExp, (registry: string) => string][] = [
  [
    /unauthorized|incorrect username or password|authentication required|authorization failed|no basic auth|access to the resource is denied|403 Forbidden/i,
    (registry) => `log in with "docker login ${registry}", as somebody who may write there`,
  ],
  [
    /x509|certificate/i,
    (registry) =>
      `put the certificate of its authority on the engine's host, as /etc/docker/certs.d/${registry}/ca.crt`,
  ],
  [
    /server gave HTTP response to HTTPS client/i,
    () =>
      'the registry speaks plain HTTP, which the engine takes only where its daemon.json has it in "insecure-registries"',
  ],
  [
    /missing content|content digest \S+ not found/i,
    () =>
      'the engine does not have all platforms of the image: build it for one (docker build --platform linux/amd64), ' +
      'or publish it from an engine of version 28 or newer',
  ],
  [/no such host/i, () => "check the registry's name"],
  [/connection refused/i, () => 'see whether the registry runs, and publish again'],
];
