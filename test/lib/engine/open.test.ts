import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { dialError } from '../../../lib/engine/connect/dial.js';
import { openEngine, pingEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { UserError } from '../../../lib/text/user-error.js';
import { localSocket, onPlatform, onPosix } from '../../platform.js';

describe('opening an engine at a socket', () => {
  let folder: string;
  let socket: string;
  let url: string;
  let server: Server | undefined;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'engine-'));
    ({ path: socket, url } = localSocket(join(folder, 'docker.sock')));
    chmodSync(folder, 0o755);
  });
  afterEach(() => {
    server?.close();
    server = undefined;
    rmSync(folder, { recursive: true });
  });

  const address = () => resolveEngineAddress({ env: { DOCKER_HOST: url, HOME: folder } });

  async function refusal(): Promise<UserError> {
    const error = await openEngine(address(), { timeout: 300 }).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(UserError);
    expect((error as UserError).message)
      .to.contain(`${url} (DOCKER_HOST)`)
      .and.not.contain('\n');
    expect(await pingEngine(address(), { timeout: 300 })).to.equal(false);
    return error as UserError;
  }

  function listen(started: Server): Promise<void> {
    server = started;
    return new Promise((resolve) => started.listen(socket, resolve));
  }

  /** Something that speaks HTTP, but is not the engine that is wanted. */
  const answering = (answer: RequestListener) => listen(createHttpServer(answer));

  it('says that the socket does not exist', async () => {
    const { code, message } = await refusal();
    expect(code).to.equal('NO_ENGINE');
    expect(message).to.contain('no such socket').and.contain('start Docker');
  });

  onPosix('sockets', it)('says that it is a file', async () => {
    writeFileSync(socket, '');
    expect((await refusal()).code).to.equal('NO_ENGINE');
  });

  onPosix('sockets', it)('says that this user may not use it', async function (this: Mocha.Context) {
    if (process.getuid?.() !== 0) this.skip();
    await listen(createServer());
    chmodSync(socket, 0o600);
    process.seteuid!(65534);
    try {
      const { code, message } = await refusal();
      expect(code).to.equal('ENGINE_PERMISSION');
      expect(message).to.contain('group "docker"');
    } finally {
      process.seteuid!(0);
    }
  });

  it('says that nobody answers', async () => {
    const connections: { destroy(): void }[] = [];
    await listen(createServer((connection) => connections.push(connection)));
    expect((await refusal()).message).to.contain('did not answer within 0.3 s');
    for (const connection of connections) connection.destroy();
  });

  it('says that the connection is closed at once', async () => {
    await listen(createServer((connection) => connection.destroy()));
    expect((await refusal()).code).to.equal('NO_ENGINE');
  });

  it('says that something else answers', async () => {
    await answering((_request, response) => response.writeHead(404).end('not found'));
    expect((await refusal()).message).to.contain('no engine (HTTP status 404)');
  });

  it('says that the engine is too old', async () => {
    await answering((_request, response) => response.setHeader('Api-Version', '1.40').end('OK'));
    const { code, message } = await refusal();
    expect(code).to.equal('ENGINE_TOO_OLD');
    expect(message).to.contain('1.40').and.contain('20.10');
  });

  it('advises on a socket that may not be used what helps on this platform', async () => {
    const refused = Object.assign(new Error('connect EACCES'), { code: 'EACCES' });
    const advice = (platform: NodeJS.Platform) =>
      onPlatform(platform, () => dialError(refused, address()).message);
    expect(await advice('linux')).to.contain('sudo usermod -aG docker');
    expect(await advice('win32'))
      .to.contain('"docker-users"')
      .and.not.contain('usermod');
    expect(await advice('darwin'))
      .to.contain('start Docker')
      .and.not.contain('usermod');
  });
});
