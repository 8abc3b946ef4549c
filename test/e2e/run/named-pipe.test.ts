import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { gulp, project, type TemporaryProject } from '../tasks/gulp.js';

/** A named pipe of Windows as Node has it: when one side ends what it writes, nothing comes back any more. */
function namedPipe(engine: string): Server {
  return createServer((one) => {
    const other = connect(engine);
    one.on('data', (chunk) => other.write(chunk)).on('end', () => other.end());
    other.on('data', (chunk) => one.write(chunk)).on('end', () => one.end());
    one.on('error', () => other.destroy());
    other.on('error', () => one.destroy());
  });
}

for (const name of cases(['20-overlay2', '28-containerd'] as const)) {
  describe(`a run over a named pipe, ${name}`, () => {
    let engine: BedEngine;
    let server: Server;
    let folder: string;
    let made: TemporaryProject;
    const run = (task: string, input = '') =>
      gulp(made.folder, [task, '--silent'], {
        env: { ...engine.env, DOCKER_HOST: `npipe://${join(folder, 'pipe')}`, LOGNAME: 'ann' },
        input,
      });

    before(async function () {
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      folder = mkdtempSync(join(tmpdir(), 'pipe-'));
      server = namedPipe(engine.socket).listen(join(folder, 'pipe'));
      await once(server, 'listening');
      made = await project({
        'docker/base/Dockerfile': 'FROM busybox:latest\n',
        'docker/run.cfg':
          '[run_image]\nsynthetic_images=sum, slow\n' +
          '[sum]\nname=busybox\ntag=latest\nprefix=False\ncmd=sh -c "sleep 1; sha256sum; exit 7"\n' +
          '[slow]\nname=busybox\ntag=latest\nprefix=False\ncmd=sh -c "sleep 1; echo late; exit 8"\n',
      });
    });
    after(async () => {
      server.close();
      rmSync(folder, { recursive: true });
      await made[Symbol.asyncDispose]();
    });

    it('gives input to its end, and then all output', async () => {
      const input = 'x'.repeat(1_000_000);
      const { stdout, stderr, status } = await run('run:sum', input);
      expect(status, stderr).to.equal(7);
      expect(stdout).to.equal(`${createHash('sha256').update(input).digest('hex')}  -\n`);
    });

    it('loses nothing where there is no input', async () => {
      const { stdout, stderr, status } = await run('run:slow');
      expect(status, stderr).to.equal(8);
      expect(stdout).to.equal('late\n');
    });
  });
}
