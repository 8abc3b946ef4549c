import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import { DEFAULT_HOST, DEFAULT_SOCKET_PATH, formatHost } from '../../../../lib/engine/connect/host.js';
import { dockerConfigFolder } from '../../../../lib/engine/credentials/docker-config.js';
import { type EngineAddress, resolveEngineAddress } from '../../../../lib/engine/index.js';
import { UserError } from '../../../../lib/text/user-error.js';
import { type RecordedCase, setUp } from '../../../oracle/addresses/cases.js';
import { onPosix } from '../../../platform.js';

/** Where this is better than the CLI, and why. */
const DELIBERATE: Record<string, string> = {
  'tcp://[::1]': 'an IPv6 address in brackets needs no port',
};

describe('engine address', () => {
  let folder: string;
  before(() => (folder = mkdtempSync(join(tmpdir(), 'addresses-'))));
  after(() => rmSync(folder, { recursive: true }));

  function resolve(env: NodeJS.ProcessEnv, host?: string): EngineAddress | UserError {
    try {
      return resolveEngineAddress({ env, ...(host !== undefined && { host }) });
    } catch (error) {
      expect(error).to.be.instanceOf(UserError);
      return error as UserError;
    }
  }

  /** The recording was made on Linux. */
  const usesDefault = ({ name, endpoint }: RecordedCase) =>
    endpoint?.url === `unix://${DEFAULT_SOCKET_PATH}` && !name.includes('unix:');
  const onThisPlatform = (endpoint: RecordedCase['endpoint']) =>
    endpoint && { ...endpoint, url: formatHost(DEFAULT_HOST) };

  it('is the one that the docker CLI uses', () => {
    const file = new URL('../../../oracle/addresses/recorded.json', import.meta.url);
    const { version, cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      version: string;
      cases: RecordedCase[];
    };
    const differing: unknown[] = [];
    for (const [index, one] of cases.entries()) {
      const found = resolve(setUp(join(folder, String(index)), one), one.host);
      const endpoint =
        found instanceof UserError
          ? null
          : { url: found.url, tls: found.tls !== undefined, verify: found.tls?.verify ?? false };
      const expected = usesDefault(one) ? onThisPlatform(one.endpoint) : one.endpoint;
      if (!isDeepStrictEqual(endpoint, expected)) {
        differing.push({ case: one.name, cli: one.endpoint, found: endpoint ?? found });
      }
    }
    console.log(`      ${cases.length - differing.length} of ${cases.length} as ${version}`);
    expect(differing).to.deep.equal([]);
  });

  describe('of a node with containerd alone', () => {
    const node =
      (host: string, orNode = true) =>
      () =>
        resolveEngineAddress({ host, orNode, env: {} });

    it('has a user, a port, a socket and a namespace', () => {
      const target = { kind: 'ctr', host: 'node', namespace: 'k8s.io' };
      expect(node('ctr://node')()).to.deep.include({ url: 'ctr://node', remote: true, target });
      expect(node('ctr://ada@node:2222/run/x.sock?namespace=default')()).to.deep.include({
        url: 'ctr://ada@node:2222/run/x.sock?namespace=default',
        target: {
          ...{ kind: 'ctr', user: 'ada', host: 'node', port: 2222 },
          ...{ socketPath: '/run/x.sock', namespace: 'default' },
        },
      });
    });

    for (const wrong of [
      'ctr://',
      'ctr:node',
      'ctr://node?names=x',
      'ctr://node?namespace=',
      'ctr://ada:pw@node',
    ])
      it(`is not ${wrong}`, () =>
        expect(node(wrong)).to.throw(UserError).with.property('code', 'BAD_ENGINE_ADDRESS'));

    it('is where images go alone', () => {
      expect(node('ctr://node', false)).to.throw(UserError, /neither builds, nor runs/);
      expect(() => resolveEngineAddress({ env: { DOCKER_HOST: 'ctr://node' } })).to.throw(
        UserError,
        /neither builds/,
      );
    });
  });

  describe('named explicitly', () => {
    let env: NodeJS.ProcessEnv;
    before(
      () => (env = setUp(join(folder, 'explicit'), { name: '', env: { DOCKER_HOST: 'tcp://elsewhere' } })),
    );

    const expected: Record<string, { url: string; cliFlags: string[] }> = {
      box: { url: 'ssh://box', cliFlags: ['-H', 'ssh://box'] },
      'root@box': { url: 'ssh://root@box', cliFlags: ['-H', 'ssh://root@box'] },
      'root@box:2222': { url: 'ssh://root@box:2222', cliFlags: ['-H', 'ssh://root@box:2222'] },
      '10.0.0.7:22': { url: 'ssh://10.0.0.7:22', cliFlags: ['-H', 'ssh://10.0.0.7:22'] },
      'root@[fe80::1]:22': { url: 'ssh://root@[fe80::1]:22', cliFlags: ['-H', 'ssh://root@[fe80::1]:22'] },
      'ada@corp.example@box': {
        url: 'ssh://ada@corp.example@box',
        cliFlags: ['-H', 'ssh://ada@corp.example@box'],
      },
      'ssh://ada%40corp.example@box': {
        url: 'ssh://ada@corp.example@box',
        cliFlags: ['-H', 'ssh://ada@corp.example@box'],
      },
      '::1': { url: 'ssh://[::1]', cliFlags: ['-H', 'ssh://[::1]'] },
      prod: { url: 'tcp://prod.example.com:2376', cliFlags: ['--context', 'prod'] },
      far: { url: 'ssh://root@far.example.com:2222', cliFlags: ['--context', 'far'] },
      default: { url: 'tcp://elsewhere:2375', cliFlags: ['--context', 'default'] },
      'tcp://h': { url: 'tcp://h:2375', cliFlags: ['-H', 'tcp://h:2375'] },
      'unix:///x': { url: 'unix:///x', cliFlags: ['-H', 'unix:///x'] },
    };
    for (const [host, address] of Object.entries(expected)) {
      it(`${host} is ${address.url}`, () => {
        const found = resolveEngineAddress({ host, env });
        expect({ url: found.url, cliFlags: found.cliFlags }).to.deep.equal(address);
        expect(found.remote).to.equal(!found.url.startsWith('unix:'));
      });
    }

    for (const host of [
      '-oProxyCommand=x',
      'a b',
      'user@',
      '@box',
      'box:',
      'box:x',
      'box:99999',
      '-x@box',
      'a:b@c:1',
      '',
    ]) {
      it(`"${host}" is refused`, () => {
        const error = resolve(env, host);
        expect(error).to.be.instanceOf(UserError);
        expect((error as UserError).code).to.equal('BAD_ENGINE_ADDRESS');
        expect((error as UserError).message)
          .to.contain('--host')
          .and.not.contain('\n');
      });
    }

    it('an IPv6 address behind a user wants brackets, and several hosts are not one', () => {
      expect((resolve(env, 'root@fe80::1') as UserError).message).to.contain('brackets, such as [fe80::1]');
      expect((resolve(env, 'ssh://root@fe80::1/run/docker.sock') as UserError).message).to.contain(
        'brackets, such as [fe80::1]',
      );
      expect((resolve(env, 'alpha,beta') as UserError).message).to.contain('one host is taken here');
    });

    it('a password in an address is refused and not repeated', () => {
      const error = resolve(env, 'ssh://me:hunter2@box') as UserError;
      expect(error.message).to.contain('password').and.not.contain('hunter2');
    });
  });

  it('accepts what the CLI needs written out', () => {
    for (const [host, why] of Object.entries(DELIBERATE)) {
      expect(resolve({ DOCKER_HOST: host, HOME: folder }), why).to.include({ url: 'tcp://[::1]:2375' });
    }
  });

  it('of an unknown context: the nearest one is proposed', () => {
    const env = setUp(join(folder, 'unknown'), { name: '', env: { DOCKER_CONTEXT: 'pord' } });
    expect((resolve(env) as UserError).message).to.match(
      /"pord" \(DOCKER_CONTEXT\) \(did you mean "prod"\?\)/,
    );
  });

  it('carries the TLS files of its context and the name of who named it', () => {
    const env = setUp(join(folder, 'tls'), { name: '', env: { DOCKER_CONTEXT: 'prod' } });
    expect(resolveEngineAddress({ env })).to.deep.equal({
      target: { kind: 'tcp', host: 'prod.example.com', port: 2376, path: '' },
      url: 'tcp://prod.example.com:2376',
      context: 'prod',
      origin: 'docker context "prod"',
      remote: true,
      tls: { ca: 'ca', cert: 'cert', key: 'key', verify: true },
      cliFlags: [],
    });
  });

  for (const [what, content, says] of [
    ['null', 'null', /meta\.json is not that of a context \(it is null/],
    [
      'a host that is a number',
      '{"Endpoints":{"docker":{"Host":5}}}',
      /Endpoints\.docker\.Host is 5, not text/,
    ],
    ['no JSON', '{', /meta\.json is not JSON/],
  ] as const)
    it(`of a context whose meta.json holds ${what}: one sentence that names the file`, () => {
      const env = setUp(join(folder, `meta ${what}`), { name: '', env: { DOCKER_CONTEXT: 'prod' } });
      const id = createHash('sha256').update('prod').digest('hex');
      writeFileSync(join(dockerConfigFolder(env), 'contexts', 'meta', id, 'meta.json'), content);
      const error = resolve(env) as UserError;
      expect(error.code).to.equal('BAD_CONTEXT');
      expect(error.message).to.match(says).and.not.contain('\n');
    });

  for (const [what, content] of [
    ['whose current context is a number', '{"currentContext": 5}'],
    ['that breaks off', '{"currentContext": "prod"'],
  ] as const)
    it(`with a config.json ${what}: the default one, as the docker CLI has it`, () => {
      writeFileSync(join(folder, 'config.json'), content);
      expect(resolve({ DOCKER_CONFIG: folder })).to.include({ origin: 'the default socket' });
    });

  onPosix('sockets', it)("is podman's own socket where there is none of Docker", function () {
    if (existsSync('/var/run/docker.sock')) this.skip();
    const runtime = join(folder, 'runtime');
    mkdirSync(join(runtime, 'podman'), { recursive: true });
    writeFileSync(join(runtime, 'podman/podman.sock'), '');
    expect(resolve({ DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: runtime })).to.deep.include({
      url: `unix://${runtime}/podman/podman.sock`,
      cliFlags: ['-H', `unix://${runtime}/podman/podman.sock`],
    });
  });
});
