import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import type { AnyAuthMethod, BaseAgent, IdentityCallback, ParsedKey } from 'ssh2';
import { UserError } from '../../../../text/user-error.js';
import { readOptionalFile } from '../../../credentials/docker-config.js';
import type { SshOptions } from '../types.js';
import type { ClientConfig } from './client-config.js';
import { loadSsh2 } from './ssh2.js';
import { askSecret } from './terminal-question.js';

const ATTEMPTS = 3;

/**
 * The ways to prove who one is, in ssh's order: the key of SSH_KEY, the agent, the identity files. A passphrase is asked
 * for only when the turn of its key comes.
 *
 * @throws {UserError} `SSH_KEY` where SSH_KEY names no usable key
 */
export async function* authentications(
  config: ClientConfig,
  options: SshOptions,
): AsyncGenerator<AnyAuthMethod> {
  const username = config.user;
  // The answer to "none" lists the methods that the server accepts; ssh asks for it first, too.
  yield { type: 'none', username };
  const named = options.env.SSH_KEY;
  if (named) {
    if (!existsSync(named)) {
      throw new UserError(
        'SSH_KEY',
        `SSH_KEY names ${named}, which does not exist: set it to the file of a private key.`,
      );
    }
    const key = await loadKey(named, options);
    if (key !== undefined) yield { type: 'publickey', username, key };
  }
  if (config.agent !== undefined && existsSync(config.agent)) {
    const agent = config.identitiesOnly
      ? await restrictedAgent(config.agent, config.identityFiles)
      : config.agent;
    yield { type: 'agent', username, agent };
  }
  for (const file of config.identityFiles) {
    if (file === named || !existsSync(file)) continue;
    const key = await loadKey(file, options);
    if (key !== undefined) yield { type: 'publickey', username, key };
  }
}

async function loadKey(file: string, { suspend }: SshOptions): Promise<ParsedKey | undefined> {
  const { utils } = await loadSsh2();
  const content = await readFile(file);
  let key = utils.parseKey(content);
  if (!isEncrypted(key)) return key instanceof Error ? undefined : key;

  const resume = suspend();
  try {
    for (let attempt = 1; attempt <= ATTEMPTS && key instanceof Error; attempt++) {
      const passphrase = await askSecret(`Passphrase for the key ${file}: `);
      if (!passphrase) return undefined;
      key = utils.parseKey(content, passphrase);
    }
  } finally {
    resume();
  }
  return key instanceof Error ? undefined : key;
}

function isEncrypted(key: ParsedKey | Error): key is Error {
  return key instanceof Error && /no passphrase given/.test(key.message);
}

/** An agent that offers only those of its keys that an identity file names (IdentitiesOnly of ssh_config). */
async function restrictedAgent(path: string, identityFiles: readonly string[]): Promise<BaseAgent> {
  const { createAgent, utils } = await loadSsh2();
  const publicKeys = identityFiles.map((file) =>
    utils.parseKey(readOptionalFile(`${file}.pub`) ?? readOptionalFile(file) ?? ''),
  );
  const allowed = publicKeys.flatMap((key) => (key instanceof Error ? [] : [encode(key)]));
  const agent = createAgent(path);
  const getIdentities = agent.getIdentities.bind(agent);
  agent.getIdentities = (done: IdentityCallback) =>
    getIdentities((error, keys) => {
      done(
        error,
        keys?.filter((key) => allowed.includes(encode(key as ParsedKey))),
      );
    });
  return agent;
}

function encode(key: ParsedKey): string {
  return key.getPublicSSH().toString('base64');
}
