import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect } from 'chai';
import { RELAY_BINARIES } from '../../../../../lib/transfer/target/relay/binaries.js';
import { sealed } from '../../../../../lib/transfer/target/relay/sealed.js';
import { noise } from '../../../../e2e/transfer/workbench.js';
import { onLinux } from '../../../../platform.js';
import { until } from '../../../../until.js';
import { native, type RelayProcess, relayProcess } from './relay-process.js';

const KEY = randomBytes(32);
const SECRET = randomBytes(64);
const LOCALHOST = Buffer.from([127, 0, 0, 1]);
const CHUNK = (bytes: Buffer) =>
  Buffer.concat([Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]);

onLinux('programs', describe)('the program that hands blocks from host to host', function () {
  this.timeout(600_000);

  before(function () {
    if (!(native in RELAY_BINARIES)) this.skip();
  });

  /** One that listens; its port. */
  async function listening(head: RelayProcess): Promise<number> {
    head.send('K', 0, 0, KEY);
    head.send('L');
    const { first: port, bytes } = await head.next('L');
    expect(bytes.toString()).to.include('/32 host LOCAL');
    head.send('P', 3, 0, SECRET);
    return port;
  }

  async function dialed(peer: RelayProcess, port: number): Promise<void> {
    peer.send('K', 0, 0, KEY);
    // Nobody listens at the first of these.
    peer.send('C', port, 0, Buffer.concat([SECRET, Buffer.from([127, 9, 9, 9]), LOCALHOST]));
    await peer.next('C');
  }

  it('gives a block to its engine and to a peer, which gives it to its own', async () => {
    await using head = await relayProcess();
    await using peer = await relayProcess();
    await dialed(peer, await listening(head));
    const blocks = [noise(1 << 20), Buffer.from('short'), noise(300_000)];
    for (const one of [head, peer]) {
      one.send('O', 1);
      one.send('W', 1, 0, Buffer.from('<'));
    }
    for (const [i, block] of blocks.entries()) {
      head.send('B', 7 + i, 0, sealed(block, KEY, 7 + i));
      head.send('T', 1, 7 + i);
      head.send('F', 7 + i, 3);
      peer.send('T', 1, 7 + i);
    }
    const expected = Buffer.concat([Buffer.from('<'), ...blocks.map(CHUNK)]);
    for (const one of [head, peer]) {
      for (let i = 0; i < 1 + blocks.length; i++) expect(await one.next('D')).to.have.property('first', 1);
      await until('all of it', () => Promise.resolve(one.received().length >= expected.length));
      expect(one.received().equals(expected)).to.equal(true);
      one.answer('HTTP/1.1 200 OK');
      expect((await one.next('R')).bytes.toString()).to.equal('HTTP/1.1 200 OK');
      await one.next('E');
    }
  });

  it('shows nobody in between what is in a block, and takes none that was changed', async () => {
    await using head = await relayProcess();
    await using peer = await relayProcess();
    const port = await listening(head);
    const seen: Buffer[] = [];
    // Passes on what both say, but for one bit of the block.
    const between = createServer((near) => {
      const far = connect(port, '127.0.0.1');
      near.pipe(far);
      far.on('data', (bytes: Buffer) => {
        seen.push(Buffer.from(bytes));
        if (bytes.length > 100) bytes.writeUInt8(bytes.readUInt8(100) ^ 4, 100);
        near.write(bytes);
      });
      for (const socket of [near, far]) socket.on('error', () => undefined);
    });
    await once(between.listen(0, '127.0.0.1'), 'listening');
    await dialed(peer, (between.address() as AddressInfo).port);
    const block = Buffer.from('plain text, said again and again. '.repeat(100));
    peer.send('O', 0);
    head.send('B', 1, 0, sealed(block, KEY, 1));
    head.send('F', 1, 3);
    peer.send('T', 0, 1);
    expect(await peer.ended()).to.deep.equal({ complaint: 'a block was changed on its way\n', status: 2 });
    expect(peer.received().length).to.equal(0);
    expect(Buffer.concat(seen).toString('latin1')).not.to.include('plain text');
    between.close();
  });

  it('lets in only who shows a secret, and each once', async () => {
    await using head = await relayProcess();
    const port = await listening(head);
    const ask = async (secret: Buffer): Promise<{ socket: Socket; answer: Buffer }> => {
      const socket = connect(port, '127.0.0.1');
      socket.on('error', () => undefined);
      socket.write(secret);
      const answer: Buffer[] = [];
      socket.on('data', (bytes: Buffer) => answer.push(bytes));
      await until('an answer', () => Promise.resolve(socket.closed || answer.length > 0));
      return { socket, answer: Buffer.concat(answer) };
    };
    expect((await ask(randomBytes(32))).answer.length).to.equal(0);
    const { socket, answer } = await ask(SECRET.subarray(0, 32));
    expect(answer.equals(SECRET.subarray(32))).to.equal(true);
    expect((await ask(SECRET.subarray(0, 32))).answer.length).to.equal(0);
    socket.destroy();
  });

  it('believes no one that does not show the other half', async () => {
    await using peer = await relayProcess();
    const stranger = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.write(randomBytes(32));
    });
    await once(stranger.listen(0, '127.0.0.1'), 'listening');
    const { port } = stranger.address() as AddressInfo;
    peer.send('C', port, 0, Buffer.concat([SECRET, LOCALHOST]));
    expect((await peer.next('N')).bytes.toString()).to.equal('it is not reached there');
    stranger.close();
  });

  it('goes on with what comes by the input where the other has gone', async () => {
    await using head = await relayProcess();
    await using peer = await relayProcess();
    await dialed(peer, await listening(head));
    const [lost, block] = [noise(100_000), noise(200_000)];
    peer.send('O', 0);
    peer.send('T', 0, 1);
    peer.send('T', 0, 2);
    head.kill();
    expect((await peer.next('N')).bytes.toString()).to.equal('it gives no more');
    peer.send('I', 1, 0, lost);
    peer.send('I', 2, 0, block);
    const expected = Buffer.concat([lost, block].map(CHUNK));
    await until('all of it', () => Promise.resolve(peer.received().length >= expected.length));
    expect(peer.received().equals(expected)).to.equal(true);
  });

  it('lets a peer go that takes nothing, and goes on', async () => {
    await using head = await relayProcess();
    const port = await listening(head);
    const silent = connect(port, '127.0.0.1');
    silent.on('error', () => undefined);
    silent.write(SECRET.subarray(0, 32));
    await once(silent, 'readable');
    silent.pause();
    head.send('O', 0);
    const block = noise(300_000);
    for (let i = 1; i <= 192; i++) {
      head.send('B', i, 0, sealed(block, KEY, i));
      head.send('F', i, 3);
      head.send('T', 0, i);
      for (let done = 0; i % 32 === 0 && done < 32; done++) await head.next('D');
    }
    silent.destroy();
  });
});
