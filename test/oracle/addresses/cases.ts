import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Who names an engine, and how. */
export interface AddressCase {
  name: string;
  /** `-H` of the CLI. */
  host?: string;
  /** Variables; `{folder}` stands for the folder of the docker configuration. */
  env: Record<string, string>;
  currentContext?: string;
  /** Which of `ca`, `cert`, `key` lie in the folder of the docker configuration. */
  tlsFiles?: readonly ('ca' | 'cert' | 'key')[];
}

export interface RecordedCase extends AddressCase {
  /** What the CLI makes of it; null where it refuses. */
  endpoint: { url: string; tls: boolean; verify: boolean } | null;
}

/** The contexts that exist in every case. */
const CONTEXTS: Record<string, { Host: string; SkipTLSVerify?: boolean; tls?: boolean }> = {
  prod: { Host: 'tcp://prod.example.com:2376', tls: true },
  lax: { Host: 'tcp://lax.example.com:2376', SkipTLSVerify: true },
  plain: { Host: 'tcp://plain.example.com:2375' },
  far: { Host: 'ssh://root@far.example.com:2222' },
  near: { Host: 'unix:///run/near.sock' },
};

/** Makes the docker configuration of a case in `folder`; returns the environment in which it counts. */
export function setUp(
  folder: string,
  { env, currentContext, tlsFiles = [] }: AddressCase,
): NodeJS.ProcessEnv {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ currentContext }));
  for (const part of tlsFiles) writeFileSync(join(folder, `${part}.pem`), part);
  for (const [name, { tls, ...endpoint }] of Object.entries(CONTEXTS)) {
    const id = createHash('sha256').update(name).digest('hex');
    const meta = join(folder, 'contexts', 'meta', id);
    mkdirSync(meta, { recursive: true });
    const content = {
      Name: name,
      Metadata: {},
      Endpoints: { docker: { SkipTLSVerify: false, ...endpoint } },
    };
    writeFileSync(join(meta, 'meta.json'), JSON.stringify(content));
    if (!tls) continue;
    const material = join(folder, 'contexts', 'tls', id, 'docker');
    mkdirSync(material, { recursive: true });
    for (const part of ['ca', 'cert', 'key']) writeFileSync(join(material, `${part}.pem`), part);
  }
  const filled = Object.entries(env).map(([key, value]) => [key, value.replaceAll('{folder}', folder)]);
  return { PATH: process.env.PATH, HOME: folder, DOCKER_CONFIG: folder, ...Object.fromEntries(filled) };
}

const HOSTS = [
  ...[
    'unix://',
    'unix:///run/x.sock',
    'unix://x.sock',
    'tcp://',
    'tcp://h',
    'tcp://h:1',
    'tcp://:1',
    'tcp://h:',
  ],
  ...[
    'tcp://h/',
    'tcp://h:1/base',
    'tcp://h/base/more',
    'tcp://[::1]:2',
    'tcp://::1',
    'tcp://127.0.0.1',
    'tcp://u@h:1',
  ],
  ...[
    'h',
    'h:1',
    ':1',
    '[::1]:4',
    'u@h',
    ' tcp://h ',
    'h.example.com',
    'tcp:h',
    'tcp://h:abc',
    'tcp://[::1',
    'tcp://h h',
  ],
  ...[
    'foo://x',
    'http://h',
    'https://h:2376',
    '://h',
    'ssh://h',
    'ssh://u@h',
    'ssh://u@h:22',
    'ssh://u@h:22/run/x.sock',
  ],
  ...['ssh://[::1]:22', 'ssh://u@[fe80::1]'],
];

type Nameless = Omit<AddressCase, 'name' | 'env'> & Partial<Pick<AddressCase, 'env'>>;

export function allCases(): AddressCase[] {
  const all: AddressCase['tlsFiles'] = ['ca', 'cert', 'key'];
  const named = (one: Nameless): AddressCase => {
    const env = one.env ?? {};
    const words = [
      one.host !== undefined && `-H ${JSON.stringify(one.host)}`,
      ...Object.entries(env).map(([key, value]) => `${key}=${JSON.stringify(value)}`),
      one.currentContext && `current context ${one.currentContext}`,
      one.tlsFiles && `TLS files ${one.tlsFiles.join(', ')}`,
    ];
    return { name: words.filter(Boolean).join(', ') || 'nothing', ...one, env };
  };
  const tls = { DOCKER_TLS_VERIFY: '1' };
  const precedence: Nameless[] = [
    {},
    { env: { DOCKER_HOST: '' } },
    { env: { DOCKER_CONTEXT: '' }, currentContext: 'near' },
    { env: { DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'near' } },
    { env: { DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'absent' } },
    { env: { DOCKER_HOST: 'tcp://h' }, currentContext: 'near' },
    { env: { DOCKER_CONTEXT: 'absent' } },
    { env: { DOCKER_CONTEXT: 'absent' }, currentContext: 'near' },
    { env: { DOCKER_CONTEXT: 'default' }, currentContext: 'near' },
    { env: { DOCKER_CONTEXT: 'far' }, currentContext: 'near' },
    { currentContext: 'absent' },
    { currentContext: 'default' },
    { host: 'tcp://x', env: { DOCKER_HOST: 'tcp://h', DOCKER_CONTEXT: 'near' }, currentContext: 'far' },
    ...Object.keys(CONTEXTS).flatMap((name) => [{ currentContext: name }, { env: { DOCKER_CONTEXT: name } }]),
  ];
  const withTls: Nameless[] = [
    { env: tls },
    { env: tls, tlsFiles: all },
    { env: { ...tls, DOCKER_HOST: 'tcp://h:2376' }, tlsFiles: all },
    { env: { ...tls, DOCKER_HOST: 'tcp://h' }, tlsFiles: all },
    { env: { ...tls, DOCKER_HOST: 'h' }, tlsFiles: ['ca'] },
    { env: { ...tls, DOCKER_HOST: 'h:2376' } },
    { env: { DOCKER_TLS_VERIFY: '0', DOCKER_HOST: 'h:2376' }, tlsFiles: all },
    { env: { DOCKER_TLS_VERIFY: '', DOCKER_HOST: 'h:2376' }, tlsFiles: all },
    { env: { DOCKER_TLS: '1', DOCKER_HOST: 'h:2376' }, tlsFiles: all },
    { env: { DOCKER_TLS: '1' }, tlsFiles: all },
    { env: { DOCKER_HOST: 'h:2376' }, tlsFiles: all },
    { env: { ...tls, DOCKER_HOST: 'h:1', DOCKER_CERT_PATH: '{folder}' }, tlsFiles: all },
    { env: { ...tls, DOCKER_HOST: 'h:1', DOCKER_CERT_PATH: '/nonexistent' }, tlsFiles: all },
    { env: { DOCKER_HOST: 'h:1', DOCKER_CERT_PATH: '{folder}' }, tlsFiles: all },
    { host: 'tcp://x:1', env: tls, tlsFiles: all },
    { env: { ...tls, DOCKER_CONTEXT: 'plain' }, tlsFiles: all },
    { env: { ...tls, DOCKER_CONTEXT: 'prod' } },
  ];
  return [
    ...HOSTS.map((host) => named({ env: { DOCKER_HOST: host } })),
    ...HOSTS.filter((host) => host.includes('://')).map((host) => named({ host })),
    ...precedence.map(named),
    ...withTls.map(named),
  ];
}
