import { UserError } from '../../../text/user-error.js';
import { bracket, formatJump, type SshTarget } from '../host.js';
import { knownHostsName } from './in-process/known-hosts.js';
import type { LoginFailure, LoginVerdict } from './ssh-log.js';

/** The code of a login that may succeed at another try. */
export const DROPPED = 'SSH_DROPPED';

/** `user@host:port` as messages show it. */
export function displayTarget({ user, host, port }: SshTarget): string {
  return `${user === undefined ? '' : `${user}@`}${bracket(host)}${port === undefined ? '' : `:${port}`}`;
}

/** The words with which one logs in by hand. */
function loginCommand({ user, host, port, jump }: SshTarget): string {
  const way = jump === undefined ? '' : `-J ${formatJump(jump)} `;
  return `ssh ${way}${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`;
}

/** Why a login failed, as one sentence and what to do. */
export function loginError(target: SshTarget, verdict: LoginVerdict, cause?: unknown): UserError {
  const { failure, detail } = verdict;
  switch (failure) {
    case 'changed-host-key':
      return changedHostKey(target, target.host, target.port);
    case 'revoked-host-key':
      return revokedHostKey(target);
    case 'unknown-host-key':
      return unknownHostKey(target);
    default: {
      const [code, sentence] = SENTENCES[failure];
      return new UserError(code, sentence(displayTarget(target), detail, loginCommand(target)), { cause });
    }
  }
}

/** The error for a login that worked and has been lost since. */
export function lostLogin(target: SshTarget, cause?: unknown): UserError {
  return loginError(target, { failure: 'lost', detail: '' }, cause);
}

type Sentence = (name: string, detail: string, command: string) => string;

const SENTENCES: Readonly<
  Record<Exclude<LoginFailure, `${string}-host-key`>, readonly [code: string, sentence: Sentence]>
> = {
  denied: [
    'SSH_DENIED',
    (name) =>
      `${name} accepts none of your keys: name the right one with SSH_KEY or in ~/.ssh/config, load it with ssh-add, ` +
      'or add its public part to the authorized_keys there.',
  ],
  'only-passwords': [
    'SSH_DENIED',
    (name, _, command) =>
      `${name} takes no keys, and no password was given: run this on a terminal, keep a login open by ` +
      `"${command}" with ControlMaster and ServerAliveInterval, or allow PubkeyAuthentication in its sshd_config.`,
  ],
  'too-many-keys': [
    'SSH_DENIED',
    (name) =>
      `${name} refused the login after too many keys: name the right one with SSH_KEY, or set IdentitiesOnly in ~/.ssh/config.`,
  ],
  'unknown-name': ['SSH_UNREACHABLE', (name) => `The host name in ${name} is not known: check its spelling.`],
  'nobody-listens': [
    'SSH_UNREACHABLE',
    (name) => `Nobody listens at ${name}: check the port, and whether sshd runs there.`,
  ],
  unreachable: ['SSH_UNREACHABLE', (name) => `${name} cannot be reached: check its address and the network.`],
  'no-ssh-server': ['SSH_FAILED', (name) => `What listens at ${name} is no ssh server: check the port.`],
  'bad-configuration': ['SSH_CONFIG', (_, detail) => `The ssh configuration is broken: ${detail}`],
  dropped: [
    DROPPED,
    (name) =>
      `${name} hangs up before a login: its sshd takes no more at once (MaxStartups in its sshd_config), or shuts this ` +
      'machine out; wait a minute and try again.',
  ],
  lost: ['SSH_LOST', (name) => `The ssh connection to ${name} was lost: check the network and try again.`],
  other: [
    'SSH_FAILED',
    (name, detail, command) =>
      `ssh to ${name} failed${detail && ` (${detail})`}: see whether "${command}" works.`,
  ],
};

/** @param key the host key, if known; `line` is its line for known_hosts */
export function unknownHostKey(target: SshTarget, key?: { line: string; fingerprint: string }): UserError {
  const shown =
    key === undefined
      ? `log in once by "${loginCommand(target)}" and compare its fingerprint`
      : `compare its fingerprint ${key.fingerprint} and, if it is right, add this line to ~/.ssh/known_hosts: ${key.line}`;
  return new UserError(
    'SSH_HOST_KEY',
    `The host key of ${displayTarget(target)} is not known: ${shown} (or accept new keys with --accept-new).`,
  );
}

/** @param name host name under which, together with `port`, known_hosts has the key */
export function changedHostKey(target: SshTarget, name: string, port = 22, fingerprint?: string): UserError {
  return new UserError(
    'SSH_HOST_KEY',
    `The host key of ${displayTarget(target)} is not the one in known_hosts${fingerprint === undefined ? '' : ` (it shows ${fingerprint})`}: ` +
      'somebody may be listening in; if you know that the machine was set up anew, remove the old key with ' +
      `ssh-keygen -R '${knownHostsName(name, port)}'.`,
  );
}

export function revokedHostKey(target: SshTarget): UserError {
  return new UserError(
    'SSH_HOST_KEY',
    `The host key of ${displayTarget(target)} is marked as revoked: ask its administrator for a new one.`,
  );
}
