import { checked } from '../../../flags/container/checked-words.js';
import { type Host, readNamedFile } from '../../../flags/container/host.js';
import type { RunFlags } from '../../../run/flags/run-flags.js';
import { readSecurityOption } from '../../../run/flags/security-options.js';
import type { Privileges } from '../service-spec.js';
import { noEquivalent } from './rule.js';

/** What `--security-opt` asks for; undefined where there is none. */
export function readPrivileges(flags: RunFlags, host: Host): Privileges | undefined {
  const privileges: Privileges = { CredentialSpec: null, SELinuxContext: null, NoNewPrivileges: false };
  for (const { text, word } of flags.all('security-opt')) {
    const option = checked(word, () =>
      readSecurityOption(text, (path) => Buffer.from(readNamedFile(host, path)).toString('utf8')),
    );
    const [, name = '', value = ''] = /^([^=:]*)(?:[=:](.*))?$/s.exec(option) ?? [];
    const part = partOf(name, value);
    if (!part) throw noEquivalent({ word }, `--security-opt=${text}`);
    Object.assign(privileges, part);
  }
  return flags.has('security-opt') ? privileges : undefined;
}

function partOf(name: string, value: string): Partial<Privileges> | undefined {
  if (name === 'no-new-privileges') return noNewPrivileges(value);
  if (name === 'seccomp') return { Seccomp: seccomp(value) };
  if (name === 'apparmor' && value === 'unconfined') return { AppArmor: { Mode: 'disabled' } };
  return undefined;
}

function noNewPrivileges(value: string): Partial<Privileges> | undefined {
  if (/^(1|t|T|true|TRUE|True|)$/.test(value)) return { NoNewPrivileges: true };
  return /^(0|f|F|false|FALSE|False)$/.test(value) ? { NoNewPrivileges: false } : undefined;
}

function seccomp(value: string): NonNullable<Privileges['Seccomp']> {
  if (value === 'unconfined') return { Mode: 'unconfined' };
  if (value === 'builtin') return { Mode: 'default' };
  return { Mode: 'custom', Profile: Buffer.from(value).toString('base64') };
}
