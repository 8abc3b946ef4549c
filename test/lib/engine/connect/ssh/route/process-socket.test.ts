import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createClient } from '../../../../../../lib/engine/client/client.js';
import { anything } from '../../../../../../lib/engine/client/shape.js';
import { resolveEngineAddress } from '../../../../../../lib/engine/connect/address.js';
import { DialAgent } from '../../../../../../lib/engine/connect/dial-agent.js';
import { ProcessSocket } from '../../../../../../lib/engine/connect/ssh/route/process-socket.js';
import { isConnectionLost } from '../../../../../../lib/transfer/base/transfer-error.js';

/** A program on the other machine that ends with that status as soon as it is sent something, or after `says`. */
function ending(status: number, says = ''): ProcessSocket {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  const exit = new Promise<number>((resolve) =>
    stdin.once('data', () => {
      stdout.write(says);
      stderr.end('the bridge is broken\n');
      setImmediate(() => {
        stdout.end();
        resolve(status);
      });
    }),
  );
  return new ProcessSocket({ stdin, stdout, stderr, exit, kill: () => stdin.destroy() });
}

function clientOver(dial: () => ProcessSocket) {
  const address = resolveEngineAddress({ env: { DOCKER_HOST: 'ssh://far.example.com' } });
  const agent = new DialAgent(() => Promise.resolve(dial()));
  return createClient(address, { agent, base: '', say: () => undefined, timeout: 5_000 });
}

describe('a program that leads to an engine, and ends', () => {
  const answers: Record<string, string> = {
    'before an answer': '',
    'in the middle of an answer': 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"Na',
  };
  for (const [when, says] of Object.entries(answers))
    it(`${when} is a connection that broke`, async () => {
      const client = clientOver(() => ending(137, says));
      const error: unknown = await client.json('GET', '/thing', anything).catch((error: unknown) => error);
      expect(error).to.have.property('code', 'ENGINE_LOST');
      expect(error)
        .to.have.property('message')
        .that.matches(/ssh:\/\/far\.example\.com .*broke off in GET \/thing/);
    });

  it('after it gave the connection away fails that as the network would', async () => {
    const upgraded = 'HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n';
    const connection = await clientOver(() => ending(137, upgraded)).upgrade('/attach');
    const error = await new Promise<Error>((resolve) => connection.once('error', resolve));
    expect(error.message).to.equal(
      'the program that leads to the engine ended with status 137: the bridge is broken',
    );
    expect(isConnectionLost(error)).to.equal(true);
  });
});
