import { UserError } from '../../../../text/user-error.js';
import { readOptionalFile } from '../../../credentials/docker-config.js';
import type { SshTarget } from '../../host.js';
import { changedHostKey, displayTarget, revokedHostKey, unknownHostKey } from '../errors.js';
import type { SshOptions } from '../types.js';
import type { ClientConfig } from './client-config.js';
import { fingerprint, judgeHostKey, knownHostsLine, parseHostKey, rememberHostKey } from './known-hosts.js';

/** The text of all known_hosts files that count for a machine. */
export function readKnownHosts({ userKnownHostsFiles, globalKnownHostsFiles }: ClientConfig): string {
  return [...userKnownHostsFiles, ...globalKnownHostsFiles]
    .map((file) => readOptionalFile(file) ?? '')
    .join('\n');
}

/** The name and port under which a machine's key is kept. */
export function hostKeyName({ hostKeyAlias, hostName, port }: ClientConfig): [name: string, port: number] {
  return hostKeyAlias === undefined ? [hostName, port] : [hostKeyAlias, 22];
}

/**
 * Accepts a server's key or throws: a known one passes, an unknown one only where new keys are to be accepted (then it
 * is remembered), a changed or revoked one never, whatever StrictHostKeyChecking says.
 *
 * @throws {UserError} `SSH_HOST_KEY`
 */
export async function verifyHostKey(
  target: SshTarget,
  config: ClientConfig,
  { acceptNew }: SshOptions,
  blob: Buffer,
): Promise<void> {
  const key = parseHostKey(blob);
  const [name, port] = hostKeyName(config);
  switch (judgeHostKey(readKnownHosts(config), name, port, key)) {
    case 'known':
      return;
    case 'changed':
      throw changedHostKey(target, name, port, fingerprint(key));
    case 'revoked':
      throw revokedHostKey(target);
    case 'authority':
      throw new UserError(
        'SSH_HOST_KEY',
        `${displayTarget(target)} is known by a certificate authority (@cert-authority in known_hosts), which takes the ` +
          'ssh program: install it, or add the key of the machine itself.',
      );
    case 'unknown': {
      const line = knownHostsLine(name, port, key);
      const [file] = config.userKnownHostsFiles;
      const accepting = acceptNew || ['no', 'accept-new'].includes(config.strictHostKeyChecking);
      if (!accepting) throw unknownHostKey(target, { line, fingerprint: fingerprint(key) });
      if (file !== undefined) await rememberHostKey(file, line);
    }
  }
}
