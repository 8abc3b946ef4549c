import { mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { writeProgram } from '../../platform.js';

/** What a stand-in for a credential helper holds, by server. */
export type HelperContent = Record<string, { Username: string; Secret: string }>;

/** A docker configuration, and the reference that is pushed and pulled with it. */
export interface CredentialCase {
  name: string;
  reference: string;
  /** The registry of `reference`. */
  registry: string;
  /** The text of `config.json`; absent: no such file. */
  config?: string;
  helpers: Record<string, HelperContent>;
}

export interface RecordedCase extends CredentialCase {
  /** Decoded `X-Registry-Auth` of a push and a pull. */
  push: unknown;
  pull: unknown;
}

/**
 * A configuration of which a part is broken. The CLI decodes `auths` in a random order and stops at the first that is
 * wrong, so that it has many answers: the credentials, or their base64, which no registry takes.
 */
export interface BrokenCase extends CredentialCase {
  /** Decoded `X-Registry-Auth` of some pushes, each once. */
  pushes: unknown[];
  /** What it says on standard error, without the folder. */
  warning: string;
}

/** Makes the files of a case below `folder`; returns the environment in which they count. */
export function setUp(folder: string, { config, helpers }: CredentialCase): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  if (config !== undefined) writeFileSync(join(folder, 'config.json'), config);
  for (const [name, content] of Object.entries(helpers)) {
    const program = `docker-credential-${name}`;
    if (process.platform === 'win32') writeProgram(folder, program, windowsScript(content));
    else writeFileSync(join(folder, program), helperScript(content), { mode: 0o755 });
  }
  const PATH = [folder, process.env.PATH].join(delimiter);
  return { PATH, HOME: folder, DOCKER_CONFIG: folder };
}

/** A shell starts sooner than Node, of which there would be hundreds. */
function helperScript(content: HelperContent): string {
  const quote = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;
  const answers = Object.entries(content).map(
    ([server, answer]) =>
      `${quote(server)}) printf %s ${quote(JSON.stringify({ ServerURL: server, ...answer }))};;`,
  );
  return `#!/bin/sh
IFS= read -r server
case "$server" in
${answers.join('\n')}
*) echo 'credentials not found in native keychain'; exit 1;;
esac
`;
}

function windowsScript(content: HelperContent): string {
  return `
const server = require('node:fs').readFileSync(0, 'utf8').trim();
const answer = ${JSON.stringify(content)}[server];
console.log(answer ? JSON.stringify({ ServerURL: server, ...answer }) : 'credentials not found in native keychain');
process.exitCode = answer ? 0 : 1;
`;
}

const REGISTRIES = {
  'docker.io': 'team/app:1',
  'registry.example.com': 'registry.example.com/app:1',
  'localhost:5000': 'localhost:5000/app:1',
  '[::1]:5000': '[::1]:5000/app:1',
};
const HUB = 'https://index.docker.io/v1/';

const auth = (user: string, password: string) => Buffer.from(`${user}:${password}`).toString('base64');

/** Every kind of configuration, with every kind of registry. */
export function allCases(): CredentialCase[] {
  const inline = (key: string, entry: object) => JSON.stringify({ auths: { [key]: entry } });
  const kinds: Record<string, (key: string, host: string) => Partial<CredentialCase>> = {
    'no file': () => ({}),
    'an empty object': () => ({ config: '{}' }),
    'an empty file': () => ({ config: '' }),
    auth: (key) => ({ config: inline(key, { auth: auth('ann', 's3cret') }) }),
    'a password with colons and unicode': (key) => ({
      config: inline(key, { auth: auth('ann', 'a:b:ü>?~') }),
    }),
    'an empty password': (key) => ({ config: inline(key, { auth: auth('ann', '') }) }),
    'a password padded with zero bytes': (key) => ({
      config: inline(key, { auth: auth('ann', 's3cret\0\0') }),
    }),
    'plain user and password': (key) => ({ config: inline(key, { username: 'ann', password: 'plain' }) }),
    'auth beside a plain user': (key) => ({
      config: inline(key, { auth: auth('ann', 's3cret'), username: 'bob', password: 'other' }),
    }),
    'an identity token': (key) => ({
      config: inline(key, { auth: auth('ann', ''), identitytoken: 'tok-1' }),
    }),
    'a registry token': (key) => ({ config: inline(key, { registrytoken: 'reg-1' }) }),
    'an e-mail address': (key) => ({
      config: inline(key, { auth: auth('ann', 's3cret'), email: 'ann@example.com' }),
    }),
    'an empty entry': (key) => ({ config: inline(key, {}) }),
    'a https URL': (_key, host) => ({ config: inline(`https://${host}`, { auth: auth('ann', 'url') }) }),
    'a URL with a path': (_key, host) => ({
      config: inline(`https://${host}/v1/`, { auth: auth('ann', 'path') }),
    }),
    'a http URL': (_key, host) => ({ config: inline(`http://${host}/v2/`, { auth: auth('ann', 'http') }) }),
    'a host with a path': (_key, host) => ({ config: inline(`${host}/team`, { auth: auth('ann', 'team') }) }),
    'the bare host': (_key, host) => ({ config: inline(host, { auth: auth('ann', 'bare') }) }),
    'another registry only': () => ({ config: inline('other.example.com', { auth: auth('ann', 'other') }) }),
    'a helper of its own': (key) => ({
      config: JSON.stringify({ credHelpers: { [key]: 'own' } }),
      helpers: { own: { [key]: { Username: 'bob', Secret: 'helped' } } },
    }),
    'a helper with a token': (key) => ({
      config: JSON.stringify({ credHelpers: { [key]: 'own' } }),
      helpers: { own: { [key]: { Username: '<token>', Secret: 'tok-2' } } },
    }),
    'a helper that has nothing': (key) => ({
      config: JSON.stringify({
        credHelpers: { [key]: 'own' },
        auths: { [key]: { auth: auth('ann', 'unused') } },
      }),
      helpers: { own: {} },
    }),
    'a helper for the bare host': (_key, host) => ({
      config: JSON.stringify({ credHelpers: { [host]: 'own' } }),
      helpers: { own: { [host]: { Username: 'bob', Secret: 'bare' } } },
    }),
    'a store': (key) => ({
      config: JSON.stringify({ credsStore: 'all' }),
      helpers: {
        all: {
          [key]: { Username: 'carl', Secret: 'stored' },
          'other.example.com': { Username: 'x', Secret: 'y' },
        },
      },
    }),
    'a store beside auths': (key) => ({
      config: JSON.stringify({ credsStore: 'all', auths: { [key]: { auth: auth('ann', 'unused') } } }),
      helpers: { all: { [key]: { Username: 'carl', Secret: 'stored' } } },
    }),
    'a store that has nothing, beside auths': (key) => ({
      config: JSON.stringify({ credsStore: 'all', auths: { [key]: { auth: auth('ann', 'unused') } } }),
      helpers: { all: {} },
    }),
    'a helper before a store': (key) => ({
      config: JSON.stringify({ credsStore: 'all', credHelpers: { [key]: 'own' } }),
      helpers: {
        own: { [key]: { Username: 'bob', Secret: 'helped' } },
        all: { [key]: { Username: 'carl', Secret: 'stored' } },
      },
    }),
    'a helper of another registry, and a store': (key) => ({
      config: JSON.stringify({ credsStore: 'all', credHelpers: { 'other.example.com': 'own' } }),
      helpers: {
        own: { 'other.example.com': { Username: 'bob', Secret: 'helped' } },
        all: { [key]: { Username: 'carl', Secret: 'stored' } },
      },
    }),
    'an empty helper name, and a store': (key) => ({
      config: JSON.stringify({
        credsStore: 'all',
        credHelpers: { [key]: '' },
        auths: { [key]: { auth: auth('a', 'b') } },
      }),
      helpers: { all: { [key]: { Username: 'carl', Secret: 'stored' } } },
    }),
  };
  return Object.entries(kinds).flatMap(([kind, make]) =>
    Object.entries(REGISTRIES).map(([registry, reference]) => {
      const made = make(registry === 'docker.io' ? HUB : registry, registry);
      return { name: `${registry}: ${kind}`, reference, registry, helpers: {}, ...made };
    }),
  );
}

/** What is broken is not what the registry that is pushed to needs. */
export function brokenCases(): CredentialCase[] {
  const own = { 'registry.example.com': { auth: auth('ann', 's3cret') } };
  const withOther = (entry: unknown) => ({ auths: { ...own, 'other.example.com': entry } });
  const configs: Record<string, object> = {
    'no base64': withOther({ auth: '!!!' }),
    'no colon': withOther({ auth: Buffer.from('nobody').toString('base64') }),
    'no user': withOther({ auth: auth('', 'word') }),
    null: withOther(null),
    'a number': withOther(5),
    text: withOther('text'),
    'a list': withOther([]),
    'auth is a number': withOther({ auth: 5 }),
    'a helper that is a number': { auths: own, credHelpers: { 'other.example.com': 5 } },
    'proxies that are a number': { auths: own, proxies: { default: 5 } },
    'keys that are a number': { auths: own, detachKeys: 5 },
    'a context that is a number': { auths: own, currentContext: 5 },
  };
  return Object.entries(configs).map(([name, config]) => ({
    name,
    reference: 'registry.example.com/app:1',
    registry: 'registry.example.com',
    config: JSON.stringify(config),
    helpers: {},
  }));
}
