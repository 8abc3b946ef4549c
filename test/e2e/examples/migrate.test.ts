import { execFile } from 'node:child_process';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { type OpenExample, openExample } from './example.js';

const bin = (name: string) => fileURLToPath(new URL(`../../../dist/bin/${name}.js`, import.meta.url));

heavy(() => {
  describe('examples/migrate, with the original command names', function () {
    this.timeout(600_000);
    let example: OpenExample;
    before(async function () {
      example = await openExample(this, 'migrate', { engine: '28-overlay2', tag: 'release-3.1' });
      // Another user's images are in nobody's way.
      example.env.LOGNAME = 'mig';
      await example.engine.docker.createNetwork({ Name: 'migrate-net' });
    });
    after(async () => {
      await removeContainers();
      await command('build-image', 'clean');
      const { docker } = example.engine;
      await docker.getNetwork('migrate-net').remove();
      await docker.getVolume('migrate-mig').remove();
      await example.close();
    });

    async function removeContainers(): Promise<void> {
      const { docker } = example.engine;
      const left = await docker.listContainers({ all: true, filters: { name: ['mig_'] } });
      await Promise.all(left.map(({ Id }) => docker.getContainer(Id).remove({ force: true })));
    }

    /** Runs one of the commands; what it prints, on standard output alone, and its status. */
    function command(name: string, ...args: string[]) {
      return new Promise<{ status: number; stdout: string; stderr: string }>((resolve) => {
        const child = execFile(
          process.execPath,
          [bin(name), ...args],
          { cwd: example.folder, env: example.env },
          (error, stdout, stderr) => resolve({ status: error ? Number(error.code ?? 1) : 0, stdout, stderr }),
        );
        child.stdin!.end();
      });
    }

    async function succeeds(name: string, ...args: string[]): Promise<string> {
      const { status, stdout, stderr } = await command(name, ...args);
      expect(status, stdout + stderr).to.equal(0);
      return stdout;
    }

    it('genversion writes what versioneer says', async () => {
      await succeeds('genversion');
      expect(readFileSync(join(example.folder, '_version.py.bld'), 'utf8')).to.match(/"version": "3\.1"/);
    });

    it('build-image -f builds base before app, and pulls what base is built from', async () => {
      const lines = (await succeeds('build-image', '-f', '--dry-run', 'app')).trim().split('\n');
      expect(lines).to.have.lengthOf(3);
      expect(lines[0]).to.match(/^docker build .* -t migrate-base:2017\.12 --pull /);
      expect(lines[1]).to.match(/ -t migrate-app-builder:mig .* --target builder /);
      expect(lines[2]).to.match(/ -t migrate-app:mig (?!.*--pull)/);
    });

    it('build-image all builds all images under the names that they had', async () => {
      await succeeds('build-image', 'all');
      const references = [
        'migrate-base:2017.12',
        'migrate-app:mig',
        'migrate-app-builder:mig',
        'migrate-dev:mig',
        'acme-toolbox:stable',
      ];
      for (const reference of references) await example.engine.docker.getImage(reference).inspect();
    });

    it('pip.conf.template is pip.conf in the image, and in no folder here', async () => {
      expect(await succeeds('run-image', 'toolbox')).to.include("global.timeout='31'");
      expect(existsSync(join(example.folder, 'pip.conf'))).to.equal(false);
    });

    it('run-image runs with environment, network and volumes of the section, and the version of git', async () => {
      const answer = (runs: number) => ({ forecast: ['sun', 'sun'], owner: 'mig', runs, version: '3.1' });
      const run = async () =>
        JSON.parse(await succeeds('run-image', '-c', 'forecast --json', 'app')) as unknown;
      expect(await run()).to.deep.equal(answer(1));
      expect(await run()).to.deep.equal(answer(2));
      expect(await succeeds('run-image', '--dry-run', 'app')).to.include('--network migrate-net');
    });

    it('run-image takes the flags of the original', async () => {
      expect(await succeeds('run-image', '-e', 'DAYS=1', '-n', 'none', 'app')).to.equal('sun by 3.1\n');
      expect(await succeeds('run-image', '-g', '--dry-run', 'dev')).to.include('--runtime=nvidia');
      expect(await succeeds('run-image', '-a', '--cpus 1', '--dry-run', 'app')).to.include('--cpus 1');
    });

    it('run-image runs the synthetic images', async () => {
      expect(await succeeds('run-image', 'report')).to.equal('sun sun sun sun sun by 3.1\nreported\n');
      await succeeds('run-image', '-k', 'serve');
      const answer = await until('an answer of serve', async () =>
        (await fetch('http://127.0.0.1:18431/', { signal: AbortSignal.timeout(10_000) })).text(),
      );
      expect(answer).to.include('Directory listing');
      await removeContainers();
    });

    it('run-image gives a terminal where interactive=-it', async () => {
      const terminal = await bed.pty([process.execPath, bin('run-image'), 'shell'], {
        cwd: example.folder,
        env: example.env,
        columns: 100,
        rows: 30,
      });
      try {
        await terminal.waitFor(/^#\s*$/m);
        await terminal.type('ls /app/docker && tty && exit 7\n');
        expect((await terminal.exit()).status).to.equal(7);
      } finally {
        await terminal.close();
      }
    });

    it('the dev image sees the source of this folder, and its failing tests give the exit status', async () => {
      await succeeds('run-image', 'dev');
      appendFileSync(
        join(example.folder, 'src/forecast/__init__.py'),
        '\nforecast = lambda today, days: []\n',
      );
      const { status, stderr } = await command('run-image', 'dev');
      expect(status).to.equal(1);
      expect(stderr).to.include('AssertionError');
    });

    it('gives the same commands as gulp tasks', async () => {
      const { stdout } = await example.gulp('build:app', '--dry-run', '--silent');
      expect(stdout).to.equal(await succeeds('build-image', '--dry-run', 'app'));
    });

    it('build-image clean removes what was built', async () => {
      await succeeds('build-image', 'clean');
      const left = await example.engine.docker.listImages({ filters: { reference: ['migrate-app*:mig'] } });
      expect(left).to.deep.equal([]);
    });
  });
});
