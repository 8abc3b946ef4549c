import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { resolveEngineAddress } from '../../lib/engine/connect/address.js';
import { readContext } from '../../lib/engine/connect/context.js';
import { formatHost, parseHost, parseSshUrl } from '../../lib/engine/connect/host.js';
import { loginError } from '../../lib/engine/connect/ssh/errors.js';
import { readClientConfig } from '../../lib/engine/connect/ssh/in-process/client-config.js';
import {
  judgeHostKey,
  knownKeyTypes,
  parseHostKey,
} from '../../lib/engine/connect/ssh/in-process/known-hosts.js';
import { judgeLogin } from '../../lib/engine/connect/ssh/ssh-log.js';
import { lookUpCredentials } from '../../lib/engine/credentials/credentials.js';
import { configuredProxies, readDockerConfig } from '../../lib/engine/credentials/docker-config.js';
import { inTwo, type Parser, reading } from './parser.js';

const home = mkdtempSync(join(tmpdir(), 'fuzz-'));
const HASH = '37a8eec1ce19687d132fe29051dca629d164e2c4958ba141d5f4133a33f0688f';
const meta = join(home, '.docker/contexts/meta', HASH);
for (const folder of [meta, join(home, '.ssh'), join(home, 'bin'), join(home, 'helped')])
  mkdirSync(folder, { recursive: true });
writeFileSync(join(home, 'bin/docker-credential-said'), `#!/bin/sh\ncat '${home}/words'\ntest "$1" != get\n`);
writeFileSync(join(home, 'bin/docker-credential-given'), `#!/bin/sh\ncat '${home}/words'\n`);
for (const name of ['said', 'given']) {
  chmodSync(join(home, `bin/docker-credential-${name}`), 0o755);
  mkdirSync(join(home, name, 'x'), { recursive: true });
}

const said = join(home, 'words');
const env = { HOME: home, PATH: [join(home, 'bin'), process.env.PATH].join(delimiter) };
const CONFIG = JSON.stringify({
  auths: {
    'https://index.docker.io/v1/': { auth: 'YTpi' },
    'r.example.com': { username: 'a', password: 'b' },
  },
  ...{ credHelpers: { 'h.example.com': 'none' }, detachKeys: 'ctrl-p', currentContext: 'default' },
  proxies: { default: { httpProxy: 'http://p' } },
});
const SSH_CONFIG = `Host a b*.example.com !c
  HostName %h.example.com
  User alice
  Port 2222
  IdentityFile ~/.ssh/%r_%h
  ProxyJump bob@gate:22, other
Match host "x,y" originalhost z
  StrictHostKeyChecking=no
Host *
  ConnectTimeout 5
`;
const KEY = Buffer.concat([
  Buffer.from([0, 0, 0, 11]),
  Buffer.from('ssh-ed25519'),
  Buffer.from([0, 0, 0, 1, 5]),
]);
const KNOWN_HOSTS = `@revoked * ssh-rsa AAAA
|1|c2FsdA==|aGFzaA== ssh-ed25519 ${KEY.toString('base64')}
[a]:2222,10.0.0.* ssh-ed25519 ${KEY.toString('base64')} comment
`;
const SAID = [
  'alice@host: Permission denied (publickey).',
  'ssh: Could not resolve hostname x: Name or service not known',
  'kex_exchange_identification: Connection closed by remote host\r\n',
];

/** A configuration with a helper that says this. */
function helped(name: string) {
  const folder = join(home, name);
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ credsStore: name }));
  return { ...env, DOCKER_CONFIG: folder };
}

export const logins: readonly Parser[] = [
  reading(
    'DOCKER_HOST',
    ['ssh://a@b@host:22/run/x.sock', 'tcp://[::1]:2375/x', 'unix:///a', 'host:1'],
    (text) => {
      formatHost(parseHost(text, 'DOCKER_HOST'));
    },
  ),
  reading('a host', ['alice@host:22', 'ssh://bob%40corp@[fe80::1]:22', '10.0.0.1', 'default'], (text) => {
    formatHost({ kind: 'ssh', ...parseSshUrl(text, '--host') });
    if (!text.includes('\0')) resolveEngineAddress({ host: text, env });
  }),
  reading('config.json of docker', [CONFIG], async (text) => {
    writeFileSync(join(home, '.docker/config.json'), text);
    const config = readDockerConfig(env);
    configuredProxies(env, 'unix:///x');
    if (config.credsStore || Object.values(config.credHelpers ?? {}).some((name) => name !== 'none')) return;
    for (const registry of ['docker.io', 'r.example.com']) await lookUpCredentials(registry, { env });
  }),
  reading('DOCKER_AUTH_CONFIG', ['{"auths":{"r.example.com":{"auth":"YTpi"}}}'], async (text) => {
    await lookUpCredentials('r.example.com', {
      env: { ...env, DOCKER_CONFIG: '/nowhere', DOCKER_AUTH_CONFIG: text },
    });
  }),
  reading(
    'meta.json of a context',
    ['{"Name":"default","Endpoints":{"docker":{"Host":"ssh://a@b","SkipTLSVerify":false}}}'],
    (text) => {
      writeFileSync(join(meta, 'meta.json'), text);
      readContext('default', env);
      resolveEngineAddress({ host: 'none-of-them', env });
    },
  ),
  {
    ...reading(
      'what a credential helper says',
      ['{"Username":"a","Secret":"b"}', 'no', '{"r.example.com":"a"}'],
      async (text) => {
        writeFileSync(said, text);
        await lookUpCredentials('r.example.com', { env: helped('given') });
      },
    ),
    longest: 10_000,
  },
  {
    ...reading(
      'why a credential helper fails',
      ['credentials not found in native keychain', 'error: locked'],
      async (text) => {
        writeFileSync(said, text);
        await lookUpCredentials('r.example.com', { env: helped('said') });
      },
    ),
    longest: 10_000,
  },
  reading('ssh_config', [SSH_CONFIG], (text) => {
    writeFileSync(join(home, '.ssh/config'), text);
    for (const host of ['a', 'b.example.com', 'a'.repeat(300)]) readClientConfig({ host }, env, '/nowhere');
  }),
  reading('known_hosts', [KNOWN_HOSTS], (text) => {
    for (const host of ['a', '10.0.0.1', 'a'.repeat(300)]) {
      judgeHostKey(text, host, 2222, parseHostKey(KEY));
      knownKeyTypes(text, host, 22);
    }
  }),
  {
    name: 'a host key',
    samples: [KEY],
    parse: (input) => void judgeHostKey(KNOWN_HOSTS, 'a', 22, parseHostKey(input)),
  },
  reading('what ssh says', ['host\n' + SAID[0], ...SAID.map((said) => `host\n${said}`)], (text) => {
    const [host, said] = inTwo(text);
    throw loginError({ host, user: 'alice', port: 22 }, judgeLogin(said));
  }),
];
