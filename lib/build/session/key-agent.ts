import { sign } from 'node:crypto';
import fs from 'node:fs';
import type { Duplex } from 'node:stream';
import type ssh2 from 'ssh2';
import type { AgentInboundRequest, ParsedKey } from 'ssh2';
import { loadSsh2 } from '../../engine/connect/ssh/in-process/ssh2.js';
import { codeOf } from '../../text/thrown.js';
import { UserError } from '../../text/user-error.js';

/** Hash that goes with a key type where the request does not name one. */
const HASH: Record<string, string | undefined> = {
  'ssh-rsa': 'sha1',
  'ecdsa-sha2-nistp256': 'sha256',
  'ecdsa-sha2-nistp384': 'sha384',
  'ecdsa-sha2-nistp521': 'sha512',
};

/**
 * An agent that holds these private keys: gives connections to it.
 * @throws {UserError} `BUILD_SSH` for one that cannot be read, or has a passphrase
 */
export async function keyAgent(id: string, paths: readonly string[]): Promise<() => Duplex> {
  const ssh = await loadSsh2();
  const keys = readKeys(ssh, id, paths);
  return () => connect(ssh, keys);
}

function readKeys(ssh: typeof ssh2, id: string, paths: readonly string[]): ParsedKey[] {
  return paths.map((path) => {
    let text: Buffer;
    try {
      text = fs.readFileSync(path);
    } catch (error) {
      throw new UserError('BUILD_SSH', `--ssh ${id}: ${path} cannot be read (${codeOf(error)}).`, {
        cause: error,
      });
    }
    const key = ssh.utils.parseKey(text);
    if (!(key instanceof Error) && key.isPrivateKey()) return key;
    const why =
      key instanceof Error && /passphrase|encrypted/i.test(key.message)
        ? 'has a passphrase'
        : 'is no private key';
    throw new UserError(
      'BUILD_SSH',
      `--ssh ${id}: ${path} ${why}: add it to an agent (ssh-add), and use --ssh ${id}.`,
    );
  });
}

function connect(ssh: typeof ssh2, keys: readonly ParsedKey[]): Duplex {
  const agent = new ssh.AgentProtocol(false);
  agent.on('identities', (request: AgentInboundRequest) => agent.getIdentitiesReply(request, [...keys]));
  agent.on(
    'sign',
    (request: AgentInboundRequest, wanted: ParsedKey, data: Buffer, { hash }: { hash?: string }) => {
      const blob = wanted.getPublicSSH();
      const key = keys.find((held) => held.getPublicSSH().equals(blob));
      if (!key) agent.failureReply(request);
      else agent.signReply(request, signature(key, data, hash ?? HASH[key.type]));
    },
  );
  return agent;
}

function signature(key: ParsedKey, data: Buffer, hash: string | undefined): Buffer {
  const bytes = sign(hash, data, { key: key.getPrivatePEM(), dsaEncoding: 'ieee-p1363' });
  if (!key.type.startsWith('ecdsa-')) return bytes;
  // RFC 5656: the two halves as multiple precision integers.
  return Buffer.concat([mpint(bytes.subarray(0, bytes.length / 2)), mpint(bytes.subarray(bytes.length / 2))]);
}

function mpint(number: Buffer): Buffer {
  const first = number.findIndex((byte) => byte !== 0);
  const digits = first < 0 ? Buffer.alloc(0) : number.subarray(first);
  const [highest = 0] = digits;
  const positive = highest >= 0x80 ? Buffer.concat([Buffer.from([0]), digits]) : digits;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(positive.length);
  return Buffer.concat([length, positive]);
}
