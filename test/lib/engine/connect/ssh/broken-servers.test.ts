import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { expect } from 'chai';
import { connectInProcess } from '../../../../../lib/engine/connect/ssh/in-process/in-process.js';
import { connectBySystemSsh } from '../../../../../lib/engine/connect/ssh/program/system.js';
import { UserError } from '../../../../../lib/text/user-error.js';

const escape = '\x1b]52;c;AA==\x07';

/** What a server that speaks no ssh, or not all of it, does with a connection. */
const servers: Record<string, (socket: Socket) => void> = {
  'says nothing': () => undefined,
  'says its version and nothing more': (socket) => socket.write('SSH-2.0-OpenSSH_9.9\r\n'),
  'says its version and then garbage': (socket) =>
    socket.write(Buffer.concat([Buffer.from('SSH-2.0-x\r\n'), Buffer.alloc(5_000, 0xff)])),
  'never ends its first line': (socket) => writeOn(socket, Buffer.alloc(65_536, 'A')),
  'never ends its greeting': (socket) =>
    writeOn(socket, Buffer.from(`${'X'.repeat(70)}${escape}\r\n`.repeat(800))),
  'speaks HTTP': (socket) => socket.end(`HTTP/1.1 400 Bad\r\n\r\n<html>${escape}</html>`),
  'closes at once': (socket) => socket.end(),
};

describe('a login at a server that', () => {
  for (const [what, serve] of Object.entries(servers)) {
    for (const [how, connectSsh] of Object.entries({
      'this process': connectInProcess,
      ssh: connectBySystemSsh,
    })) {
      it(`${what}, by ${how}: fails in one printable sentence, and lets go of the connection`, async function () {
        this.timeout(600_000);
        const { server, port, released } = await listen(serve);
        const options = {
          env: process.env,
          timeout: 1_000,
          deadAfter: 1_000,
          acceptNew: false,
          suspend: () => () => {},
          say: () => undefined,
          signal: new AbortController().signal,
        };
        const error = await connectSsh({ host: '127.0.0.1', port, user: 'nobody' }, options).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        expect(error).to.be.instanceOf(UserError);
        expect((error as UserError).code).to.match(/^SSH_/);
        expect((error as UserError).message).to.not.match(/[\x00-\x1f\x7f]/);
        await released();
        server.close();
      });
    }
  }
});

/** @returns `released` settles when nobody listens any more at the other end of the connections */
async function listen(serve: (socket: Socket) => void) {
  const sockets: Socket[] = [];
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.push(socket);
    socket.on('error', () => socket.destroy()).resume();
    serve(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const released = () =>
    Promise.all(
      sockets.map(async (socket) => {
        // A peer that has only closed its own side would take this.
        const knocking = setInterval(() => socket.writable && socket.write('knock\r\n'), 20);
        if (!socket.closed) await new Promise((resolve) => socket.once('close', resolve));
        clearInterval(knocking);
      }),
    );
  return { server, port: (server.address() as AddressInfo).port, released };
}

function writeOn(socket: Socket, chunk: Buffer): void {
  const write = () => {
    while (socket.writable && socket.write(chunk));
  };
  socket.on('drain', write);
  write();
}
