import { printableLine } from '../../../text/printable.js';

/** Why a login failed, as far as ssh itself knows. */
export type LoginFailure =
  | 'changed-host-key'
  | 'revoked-host-key'
  | 'unknown-host-key'
  /** The server accepts none of the keys. */
  | 'denied'
  /** The server does not accept keys at all. */
  | 'only-passwords'
  | 'too-many-keys'
  | 'unknown-name'
  | 'nobody-listens'
  | 'unreachable'
  | 'no-ssh-server'
  | 'bad-configuration'
  /** The server hung up before authentication, as sshd does when too many clients are logging in (MaxStartups). */
  | 'dropped'
  | 'lost'
  | 'other';

export interface LoginVerdict {
  failure: LoginFailure;
  /** The last thing that ssh said. */
  detail: string;
}

/**
 * Lines that quote the server. Its text may continue on the next lines of the log, so everything after such a line
 * is ignored.
 */
const FOREIGN = /^(Received disconnect from|debug1: Remote: )/;

const HOST_KEY: readonly (readonly [RegExp, LoginFailure])[] = [
  [/^@ +WARNING: REVOKED HOST KEY DETECTED! +@$/, 'revoked-host-key'],
  [/^@ +WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED! +@$/, 'changed-host-key'],
  [/^Host key verification failed\.$/, 'unknown-host-key'],
];

const CONNECTING: readonly (readonly [RegExp, LoginFailure])[] = [
  [/^ssh: Could not resolve hostname /, 'unknown-name'],
  [/^ssh: connect to host .* port \d+: Connection refused$/, 'nobody-listens'],
  [/^ssh: connect to host /, 'unreachable'],
  [/^Connection timed out during banner exchange$|^Connection to .* timed out$/, 'unreachable'],
  [/^\S+ line \d+: |^\S+: terminating, |^Bad owner or permissions on /, 'bad-configuration'],
];

const GREETING: readonly (readonly [RegExp, LoginFailure])[] = [
  [/^banner exchange: |^(ssh|kex)_exchange_identification: (?!Connection|read: )/, 'no-ssh-server'],
  // An sshd that is full says so in words; these servers begin with a line of their own protocol (HTTP, FTP, SMTP).
  [/^debug1: kex_exchange_identification: banner line 0: (HTTP\/|\d{3}[ -])/, 'no-ssh-server'],
  [/^(ssh|kex)_exchange_identification: |^Connection (closed|reset) by /, 'dropped'],
];

/**
 * Finds out why a login failed, from the log that ssh wrote at level DEBUG1 into a file of ours: the words that the server
 * prints (its banner, what its shell says) are not in there, and those that it puts into messages decide nothing.
 */
export function judgeLogin(log: string): LoginVerdict {
  const all = log.split(/\r?\n/).filter((line) => line !== '');
  const foreign = all.findIndex((line) => FOREIGN.test(line));
  const lines = foreign === -1 ? all : all.slice(0, foreign);
  const detail = all.findLast((line) => !line.startsWith('debug')) ?? '';
  return { failure: failureIn(lines), detail: printableLine(detail.trim()) };
}

function failureIn(lines: readonly string[]): LoginFailure {
  const has = (pattern: RegExp) => lines.some((line) => pattern.test(line));
  if (has(/^Authenticated to /)) return 'other';
  const first = (table: readonly (readonly [RegExp, LoginFailure])[]) =>
    table.find(([pattern]) => has(pattern))?.[1];
  if (has(/^debug1: Authentications that can continue: /)) return refusalIn(lines);
  if (has(/^debug1: Server host key: /)) return first(HOST_KEY) ?? first(GREETING) ?? 'other';
  if (has(/^debug1: Remote protocol version /)) return first(GREETING.slice(-1)) ?? 'other';
  return first(CONNECTING) ?? first(GREETING) ?? (lines.length === 0 ? 'lost' : 'other');
}

/** Why the server let nobody in, once it has listed its methods of authentication. */
function refusalIn(lines: readonly string[]): LoginFailure {
  const offers = lines.filter((line) => line.startsWith('debug1: Offering public key: ')).length;
  const [, methods = ''] =
    lines.map((line) => /^debug1: Authentications that can continue: (\S*)$/.exec(line)).find(Boolean) ?? [];
  const isOver = lines.some((line) => line.includes(': Permission denied (') && line.endsWith(').'));
  if (!isOver) return offers > 1 ? 'too-many-keys' : 'lost';
  return methods.split(',').includes('publickey') ? 'denied' : 'only-passwords';
}
