import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer as createTcpServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { expect } from 'chai';
import { type Engine, openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { bed, type BedEngine } from '../../bed/index.js';

/** An engine's own TLS is Go's; here the same certificates guard a door in front of a real engine. */
describe('an engine at a TCP port', function () {
  this.timeout(600_000);
  let engine: BedEngine;
  let folder: string;
  const servers: Server[] = [];
  const opened: Engine[] = [];

  before(async function () {
    this.timeout(600_000);
    engine = await bed.orSkip(this, () => bed.engine('20-overlay2'));
    folder = mkdtempSync(join(tmpdir(), 'tls-'));
    makeCertificates(folder);
  });
  afterEach(async () => {
    for (const one of opened.splice(0)) await one.close();
    for (const server of servers.splice(0)) server.close();
  });
  after(() => folder && rmSync(folder, { recursive: true }));

  const read = (name: string) => readFileSync(join(folder, name));

  async function listen(server: Server): Promise<number> {
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  }

  /** @param certificate name of the server's certificate */
  function tlsPort(certificate: string): Promise<number> {
    const options = {
      ...{ ca: read('ca.pem'), cert: read(`${certificate}.pem`), key: read(`${certificate}-key.pem`) },
      ...{ requestCert: true, rejectUnauthorized: true },
    };
    const server = createTlsServer(options, (socket) => {
      const upstream = connect(engine.socket);
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on('error', () => (socket.destroy(), upstream.destroy()));
    });
    return listen(server.on('tlsClientError', () => {}));
  }

  function plainPort(): Promise<number> {
    return listen(
      createTcpServer((socket) => {
        const upstream = connect(engine.socket);
        socket.pipe(upstream).pipe(socket);
        for (const end of [socket, upstream]) end.on('error', () => (socket.destroy(), upstream.destroy()));
      }),
    );
  }

  async function open(env: NodeJS.ProcessEnv): Promise<Engine> {
    const one = await openEngine(resolveEngineAddress({ env: { HOME: folder, ...env } }), { timeout: 3_000 });
    opened.push(one);
    return one;
  }

  async function refusal(env: NodeJS.ProcessEnv): Promise<UserError> {
    const error = await open(env).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).message).to.not.contain('\n');
    return error as UserError;
  }

  const withTls = (port: number, host = '127.0.0.1') => ({
    DOCKER_HOST: `tcp://${host}:${port}`,
    DOCKER_TLS_VERIFY: '1',
    DOCKER_CERT_PATH: join(folder, 'client'),
  });

  it('answers without TLS', async () => {
    expect((await (await open({ DOCKER_HOST: `tcp://127.0.0.1:${await plainPort()}` })).facts()).os).to.equal(
      'linux',
    );
  });

  it('answers with TLS, by DOCKER_TLS_VERIFY and DOCKER_CERT_PATH', async () => {
    const port = await tlsPort('server');
    for (const host of ['127.0.0.1', 'localhost']) {
      expect((await (await open(withTls(port, host))).facts()).os).to.equal('linux');
    }
  });

  it('answers with the certificates of a docker context', async () => {
    const port = await tlsPort('server');
    const env = { ...process.env, DOCKER_CONFIG: join(folder, 'config') };
    const files = ['ca', 'cert', 'key'].map((part) => `${part}=${join(folder, 'client', `${part}.pem`)}`);
    const endpoint = ['host=' + `tcp://127.0.0.1:${port}`, ...files].join(',');
    execFileSync(await bed.dockerCli(), ['context', 'create', 'guarded', '--docker', endpoint], {
      env,
      stdio: 'ignore',
    });
    expect(
      (await (await open({ DOCKER_CONFIG: env.DOCKER_CONFIG, DOCKER_CONTEXT: 'guarded' })).facts()).os,
    ).to.equal('linux');
  });

  it('is not disturbed by what this process itself has in its environment', async () => {
    const port = await plainPort();
    const saved = { ...process.env };
    Object.assign(process.env, {
      DOCKER_HOST: 'ssh://nobody@nowhere.invalid',
      DOCKER_CERT_PATH: '/nonexistent',
    });
    try {
      const one = await open({ DOCKER_HOST: `tcp://127.0.0.1:${port}` });
      expect(process.env.DOCKER_HOST).to.equal('ssh://nobody@nowhere.invalid');
      await one.facts();
    } finally {
      process.env = saved;
    }
  });

  it('is refused with a certificate of somebody else', async () => {
    const error = await refusal(withTls(await tlsPort('foreign')));
    expect(error.code).to.equal('ENGINE_TLS');
  });

  it('is refused with a certificate for another name, unless only DOCKER_TLS is set', async () => {
    const port = await tlsPort('misnamed');
    const error = await refusal(withTls(port, 'localhost'));
    expect(error.code).to.equal('ENGINE_TLS');
    expect(error.message).to.contain('other.example.com');
    const { DOCKER_TLS_VERIFY: _, ...rest } = withTls(port);
    await open({ ...rest, DOCKER_TLS: '1' });
  });

  it('that wants a client certificate is not reached without one', async () => {
    mkdirSync(join(folder, 'bare'), { recursive: true });
    writeFileSync(join(folder, 'bare', 'ca.pem'), read('ca.pem'));
    const error = await refusal({
      ...withTls(await tlsPort('server')),
      DOCKER_CERT_PATH: join(folder, 'bare'),
    });
    expect(error.code).to.be.oneOf(['ENGINE_TLS', 'NO_ENGINE']);
    expect(error.message).to.match(/certificate/);
  });

  it('is one sentence where it is asked for TLS and has none', async () => {
    expect((await refusal(withTls(await plainPort()))).code).to.equal('ENGINE_TLS');
  });

  it('is one sentence where it has TLS and is asked without', async () => {
    const error = await refusal({ DOCKER_HOST: `tcp://127.0.0.1:${await tlsPort('server')}` });
    expect(error.code).to.equal('NO_ENGINE');
  });

  it('is one sentence where the TLS files are none', async () => {
    mkdirSync(join(folder, 'broken'), { recursive: true });
    for (const part of ['ca', 'cert', 'key'])
      writeFileSync(join(folder, 'broken', `${part}.pem`), 'nonsense');
    const error = await refusal({
      ...withTls(await tlsPort('server')),
      DOCKER_CERT_PATH: join(folder, 'broken'),
    });
    expect(error.code).to.equal('ENGINE_TLS');
    expect(error.message).to.contain('cert.pem');
  });

  it('is given up in time where it is reached, but says nothing', async () => {
    const port = await listen(createTcpServer(() => {}));
    const started = performance.now();
    const error = await refusal({ DOCKER_HOST: `tcp://127.0.0.1:${port}` });
    expect(error.message).to.contain('did not answer within 3 s');
    expect(performance.now() - started).to.be.below(60_000);
  });

  it('is one sentence where it is something else', async () => {
    const port = await listen(
      createTcpServer((socket) => socket.on('error', () => {}).end('SSH-2.0-nothing\r\n')),
    );
    expect((await refusal({ DOCKER_HOST: `127.0.0.1:${port}` })).message).to.contain('no engine');
  });
});

function makeCertificates(folder: string): void {
  const openssl = (...argv: string[]) => execFileSync('openssl', argv, { cwd: folder, stdio: 'ignore' });
  const authority = (name: string) =>
    openssl('req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2',
      '-subj', `/CN=${name}`, '-keyout', `${name}-key.pem`, '-out', `${name}.pem`); // prettier-ignore
  const certificate = (name: string, alternatives: string, signer: string) => {
    writeFileSync(join(folder, 'extensions'), `subjectAltName=${alternatives}\n`);
    openssl('req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-subj', `/CN=${name}`,
      '-keyout', `${name}-key.pem`, '-out', `${name}.csr`); // prettier-ignore
    openssl('x509', '-req', '-in', `${name}.csr`, '-CA', `${signer}.pem`, '-CAkey', `${signer}-key.pem`,
      '-CAcreateserial', '-days', '2', '-extfile', 'extensions', '-out', `${name}.pem`); // prettier-ignore
  };
  authority('ca');
  authority('stranger');
  certificate('server', 'DNS:localhost,IP:127.0.0.1', 'ca');
  certificate('misnamed', 'DNS:other.example.com', 'ca');
  certificate('foreign', 'DNS:localhost,IP:127.0.0.1', 'stranger');
  certificate('me', 'DNS:me', 'ca');
  mkdirSync(join(folder, 'client'));
  for (const [from, to] of Object.entries({ 'ca.pem': 'ca', 'me.pem': 'cert', 'me-key.pem': 'key' })) {
    writeFileSync(join(folder, 'client', `${to}.pem`), readFileSync(join(folder, from)));
  }
}
