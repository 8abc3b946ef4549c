import { createHash, createHmac } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { matchesPatterns } from './client-config.js';

/** A public key in the form that travels and stands in known_hosts. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  type: string;
  blob: Buffer;
}

/**
 * - `known`: the key is the machine's
 * - `unknown`: nothing is known of the machine, or keys of other types only
 * - `changed`: another key of that type is known
 * - `revoked`: the key is marked so
 * - `authority`: the machine is known by a certificate authority alone
 */
export type HostKeyVerdict = 'known' | 'unknown' | 'changed' | 'revoked' | 'authority';

interface Entry {
  marker?: string;
  hosts: string;
  key: HostKey;
}

/**
 * Judges a host key by the text of known_hosts files, as sshd(8) describes them: several names and patterns, hashed
 * names, `[host]:port`, markers. A machine on another port than 22 is known by its bare name too, as in OpenSSH.
 *
 * @param host name or address; the HostKeyAlias where there is one, with port 22
 */
export function judgeHostKey(knownHosts: string, host: string, port: number, key: HostKey): HostKeyVerdict {
  const entries = parseKnownHosts(knownHosts);
  const verdict = judge(entries, knownHostsName(host, port), key);
  if (verdict === 'unknown' && port !== 22 && judge(entries, knownHostsName(host), key) === 'known')
    return 'known';
  return verdict;
}

/** The types of the keys that are known of a machine: a server that has several is asked for one of these. */
export function knownKeyTypes(knownHosts: string, host: string, port: number): string[] {
  const entries = parseKnownHosts(knownHosts).filter(({ marker }) => marker === undefined);
  const types = (name: string) => entries.filter((entry) => names(entry, name)).map(({ key }) => key.type);
  const found = types(knownHostsName(host, port));
  return [...new Set(found.length > 0 || port === 22 ? found : types(knownHostsName(host)))];
}

/** The name under which known_hosts keeps a machine. */
export function knownHostsName(host: string, port = 22): string {
  return port === 22 ? host.toLowerCase() : `[${host.toLowerCase()}]:${port}`;
}

/** The line that makes a key known. */
export function knownHostsLine(host: string, port: number, { type, blob }: HostKey): string {
  return `${knownHostsName(host, port)} ${type} ${blob.toString('base64')}`;
}

/** As ssh shows it: `SHA256:` and unpadded base64. */
export function fingerprint({ blob }: HostKey): string {
  return `SHA256:${createHash('sha256').update(blob).digest('base64').replaceAll('=', '')}`;
}

/** The key that a server sent: its type stands in front, after its length. */
export function parseHostKey(blob: Buffer): HostKey {
  // Not a public key; no entry of known_hosts will match it.
  if (blob.length < 4) return { type: '', blob };
  return { type: blob.subarray(4, 4 + blob.readUInt32BE(0)).toString('latin1'), blob };
}

/** Adds a key to a known_hosts file, which may not exist yet. */
export async function rememberHostKey(file: string, line: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  await appendFile(file, `${line}\n`, { mode: 0o600 });
}

function judge(entries: readonly Entry[], name: string, key: HostKey): HostKeyVerdict {
  const applicable = entries.filter((entry) => names(entry, name));
  const same = (entry: Entry) => entry.key.blob.equals(key.blob);
  const plain = applicable.filter(({ marker }) => marker === undefined);
  if (applicable.some((entry) => entry.marker === '@revoked' && same(entry))) return 'revoked';
  if (plain.some(same)) return 'known';
  if (plain.some((entry) => entry.key.type === key.type)) return 'changed';
  if (applicable.some(({ marker }) => marker === '@cert-authority')) return 'authority';
  return 'unknown';
}

function parseKnownHosts(text: string): Entry[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, marker, hosts, type = '', base64 = ''] =
      /^\s*(?:(@\S+)\s+)?([^\s#@]\S*)\s+(\S+)\s+([A-Za-z0-9+/=]+)/.exec(line) ?? [];
    if (hosts === undefined) return [];
    return [{ marker, hosts, key: { type, blob: Buffer.from(base64, 'base64') } }];
  });
}

function names({ hosts }: Entry, name: string): boolean {
  const [, salt, hash] = /^\|1\|([^|]+)\|(.+)$/.exec(hosts) ?? [];
  if (salt === undefined) return matchesPatterns(name, hosts.toLowerCase().split(','));
  return createHmac('sha1', Buffer.from(salt, 'base64')).update(name).digest('base64') === hash;
}
