import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { expect } from 'chai';
import { TAR_END, tarFile } from '../../../lib/oci/tar-writer.js';
import { bed, type BedEngine, type BedHost } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { until } from '../../until.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';
import { gulp, gulpProgram, project, type TemporaryProject } from '../tasks/gulp.js';
import { expectFiles, newName, removeImages } from './workbench.js';

const COUNT = 16;
const words = Array.from({ length: COUNT }, (_, i) => `app${i}`);

/** sshd's usual settings, and those of a host that wants little to do with anybody; each with the most logins that are made. */
const LIMITS = {
  'as it is set up by itself': { sshd: ['MaxStartups 10:30:100'], most: COUNT / 2 },
  'that takes few logins and few sessions in each': {
    sshd: ['MaxStartups 2:50:4', 'MaxSessions 2'],
    most: 2 * COUNT,
  },
};

for (const [how, { sshd, most }] of cases(Object.entries(LIMITS))) {
  describe(`${COUNT} transfers to one host with an sshd ${how}`, function () {
    this.timeout(600_000);
    const name = newName();
    let near: BedEngine;
    let host: BedHost;
    let home: SshHome;
    let made: TemporaryProject;
    let env: NodeJS.ProcessEnv;

    before(async function () {
      this.timeout(600_000);
      near = await bed.orSkip(this, () => bed.engine('28-overlay2'));
      host = await bed.orSkip(this, () => bed.host({ engine: '28-overlay2', name: 'near', sshd }));
      home = await sshHome(host);
      made = await project(
        {
          ...Object.fromEntries(words.map((word) => [`docker/${word}/Dockerfile`, 'FROM scratch\n'])),
          'docker/run.cfg': words
            .map((word) => `[${word}]\ntag=1\nhost=ssh://root@${host.address}\n`)
            .join(''),
          'gulpfile.mjs': GULPFILE,
        },
        name,
      );
      const temporary = join(home.folder, 'tmp');
      await mkdir(temporary);
      env = { ...home.env, DOCKER_HOST: near.url, TMPDIR: temporary };
      await bed.baseImages(near.docker, ['busybox:latest']);
      await bed.baseImages(host.docker, ['busybox:latest']);
      for (const word of words) await makeImage(word);
    });
    after(async () => {
      await removeImages(near.docker, `${name}-*`);
      await made?.[Symbol.asyncDispose]();
      await home?.remove();
      await host?.stop();
    });
    beforeEach(() => removeImages(host.docker, `${name}-*`));

    /** An image of busybox and a file that no other one has. */
    async function makeImage(word: string): Promise<void> {
      const container = await near.docker.createContainer({ Image: 'busybox:latest' });
      const archive = Buffer.concat([tarFile('word', Buffer.from(word)), TAR_END]);
      await container.putArchive(Readable.from([archive]), { path: '/' });
      await container.commit({ repo: `${name}-${word}`, tag: '1' });
      await container.remove();
    }

    async function expectAll(some: readonly string[]): Promise<void> {
      for (const word of some)
        await expectFiles(host.docker, `${name}-${word}:1`, { word: Buffer.from(word) });
    }

    const logins = async () => (await host.sshdLog()).split('Accepted publickey').length - 1;

    it('in one process all arrive, and leave no login behind', async () => {
      const before = await logins();
      const { status, stdout, stderr } = await gulp(made.folder, ['all'], { env });
      expect(status, `${stdout}${stderr}`).to.equal(0);
      expect((await logins()) - before).to.be.within(1, most);
      await expectAll(words);
      await expectNothingLeft();
    });

    it('in four processes all arrive', async () => {
      const some = words.slice(0, 4);
      const ended = await Promise.all(some.map((word) => gulp(made.folder, [`transfer:${word}`], { env })));
      for (const { status, stdout, stderr } of ended) expect(status, `${stdout}${stderr}`).to.equal(0);
      await expectAll(some);
      await expectNothingLeft();
    });

    it('that are interrupted leave no ssh and no socket', async () => {
      const child = spawn(process.execPath, [gulpProgram, 'all'], { cwd: made.folder, env, stdio: 'pipe' });
      const exit = once(child, 'exit');
      let said = '';
      child.stderr.on('data', (text) => (said += String(text)));
      child.stdout.on('data', (text) => (said += String(text)));
      await until('the first image', () => Promise.resolve(/layers? sent/.test(said)));
      child.kill('SIGINT');
      expect(await exit, said).to.deep.equal([null, 'SIGINT']);
      await expectNothingLeft();
      expect(
        (await host.docker.listImages({ filters: { reference: [`${name}-*`] } })).length,
        said,
      ).to.be.below(COUNT);
    });

    async function expectNothingLeft(): Promise<void> {
      // gulp itself remembers node's flags there.
      const left = (await readdir(join(home.folder, 'tmp'))).filter((entry) =>
        entry.startsWith('dockerutils'),
      );
      expect(left).to.deep.equal([]);
      // A login that is told to end does so in a moment of its own.
      await until('the end of every ssh', async () => (await sshPrograms()).length === 0);
    }

    async function sshPrograms(): Promise<string[]> {
      const pids = (await readdir('/proc')).filter((pid) => /^\d+$/.test(pid));
      const read = (pid: string) => readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
      const lines = await Promise.all(pids.map(read));
      return lines.filter((line) => /^(\S*\/)?ssh[\0:]/.test(line) && line.includes(host.address));
    }
  });
}

const GULPFILE = `import gulp from 'gulp';
import { DockerRegistry, dockerTasks } from 'gulp-dockerutils';
gulp.registry(new DockerRegistry());
const { images, transfer } = dockerTasks();
export const all = gulp.parallel(images.map((image) => transfer(image)));
`;
