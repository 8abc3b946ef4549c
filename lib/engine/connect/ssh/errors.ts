import { UserError } from '../../../text/user-error.js';
import { bracket, type SshTarget } from '../host.js';
import { knownHostsName } from './known-hosts.js';

/** `user@host:port` as messages show it. */
export function displayTarget({ user, host, port }: SshTarget): string {
  return `${user === undefined ? '' : `${user}@`}${bracket(host)}${port === undefined ? '' : `:${port}`}`;
}

/** The words with which one logs in by hand. */
function loginCommand({ user, host, port }: SshTarget): string {
  return `ssh ${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`;
}

/**
 * Turns what ssh said into one sentence and what to do.
 *
 * @param said the diagnostics of the ssh program, or the message of a failure within this process
 */
export function sshError(target: SshTarget, said: string, cause?: unknown): UserError {
  const name = displayTarget(target);
  const error = (code: string, message: string) => new UserError(code, message, { cause });

  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(said)) {
    return changedHostKey(target, target.host, target.port);
  }
  if (/revoked/i.test(said)) return revokedHostKey(target);
  if (/Host key verification failed|host key is known|authenticity of host/.test(said)) {
    return unknownHostKey(target);
  }
  if (/Permission denied \(|authentication methods failed|Too many authentication failures/.test(said)) {
    const tooMany = /Too many/.test(said);
    return error(
      'SSH_DENIED',
      tooMany
        ? `${name} refused the login after too many keys: name the right one with SSH_KEY, or set IdentitiesOnly in ~/.ssh/config.`
        : `${name} accepts none of your keys: name the right one with SSH_KEY or in ~/.ssh/config, load it with ssh-add, ` +
            'or add its public part to the authorized_keys there.',
    );
  }
  if (/Could not resolve hostname|ENOTFOUND|EAI_AGAIN/.test(said)) {
    return error('SSH_UNREACHABLE', `The host name in ${name} is not known: check its spelling.`);
  }
  if (/Connection refused|ECONNREFUSED/.test(said)) {
    return error(
      'SSH_UNREACHABLE',
      `Nobody listens at ${name}: check the port, and whether sshd runs there.`,
    );
  }
  if (/timed out|No route to host|unreachable|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH/i.test(said)) {
    return error('SSH_UNREACHABLE', `${name} cannot be reached: check its address and the network.`);
  }
  if (/Bad configuration option|bad configuration options|Bad owner or permissions/.test(said)) {
    return error('SSH_CONFIG', `The ssh configuration is broken: ${lastLine(said)}`);
  }
  if (isLost(said)) {
    return error('SSH_LOST', `The ssh connection to ${name} was lost: check the network and try again.`);
  }
  return error(
    'SSH_FAILED',
    `ssh to ${name} failed (${lastLine(said)}): see whether "${loginCommand(target)}" works.`,
  );
}

/** @param line what known_hosts would hold, where it is known */
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

/** @param name with `port`: what known_hosts has it under */
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

function isLost(said: string): boolean {
  // A shared login that dies tells those who share it nothing.
  if (said.trim() === '') return true;
  return /Connection (to .* )?(closed|reset)|closed by remote|Broken pipe|not responding|ECONNRESET|EPIPE|[Kk]eepalive timeout|Connection lost|No response from server|Not connected|mux_client|Shared connection/.test(
    said,
  );
}

function lastLine(text: string): string {
  return text.trim().split(/\r?\n/).at(-1)?.trim() ?? '';
}
