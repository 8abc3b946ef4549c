import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { expect } from 'chai';
import { PYTHON_BRIDGE } from '../../../../../../lib/engine/connect/ssh/route/python-bridge.js';
import { onPosix } from '../../../../../platform.js';
import { randomBytes } from '../../../../../seed.js';

describe('the way to a socket through python3', () => {
  onPosix('sockets', it)(
    'carries every byte, and the end of input before the end of output',
    async function (this: Mocha.Context) {
      if (spawnSync('python3', ['--version']).status !== 0) this.skip();
      const folder = mkdtempSync(join(tmpdir(), 'bridge-'));
      const path = join(folder, 'socket');
      // Answers only when it has been told that the input is complete.
      const server = createServer({ allowHalfOpen: true }, (socket) => {
        const received: Buffer[] = [];
        socket.on('data', (chunk) => received.push(chunk));
        socket.on('end', () => socket.end(Buffer.concat([...received, Buffer.from('complete')])));
      });
      await new Promise<void>((resolve) => server.listen(path, resolve));
      try {
        const child = spawn('python3', ['-c', PYTHON_BRIDGE, path], { stdio: ['pipe', 'pipe', 'inherit'] });
        const sent = randomBytes(3_000_000);
        child.stdin.end(sent);
        const received = await buffer(child.stdout);
        expect(received.equals(Buffer.concat([sent, Buffer.from('complete')]))).to.equal(true);
      } finally {
        server.close();
        rmSync(folder, { recursive: true });
      }
    },
  );
});
