import { execFileSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ExampleProject, setUpExample } from '../../../examples/set-up.js';
import { bed, type BedEngine, isPodman, type Pty } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { gulp } from './gulp.js';

for (const name of cases(['podman-5', '20-overlay2', '28-overlay2', '28-containerd'] as const)) {
  describe(`examples/quickstart on ${name}`, () => {
    let engine: BedEngine;
    let example: ExampleProject;
    let env: NodeJS.ProcessEnv;
    before(async function () {
      this.timeout(900_000);
      await bed.orSkip(this, () => bed.versioneer());
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['python:3.11-slim']);
      example = await setUpExample('quickstart', { tag: 'v1.2.0' });
      env = isPodman(name) ? withoutDocker(engine, example.folder) : engine.env;
    });
    after(async () => {
      await gulp(example.folder, ['clean'], { env });
      await example.remove();
    });

    it('builds base, then app and dev side by side, and runs app with the version that git has', async () => {
      const { status, stdout, stderr } = await gulp(example.folder, ['demo'], { env });
      expect(status, stderr).to.equal(0);
      expect(stdout).to.include('Hello, world! This is greeter 1.2.0.');
    });

    it('gives the version that versioneer gives on the host', async () => {
      appendFileSync(join(example.folder, 'src/greeter/__init__.py'), '\n# changed\n');
      const { status, stdout, stderr } = await gulp(
        example.folder,
        ['build:app', 'run:app', '--series', '--silent'],
        {
          env,
        },
      );
      expect(status, stderr).to.equal(0);
      const onHost = execFileSync(
        '/usr/bin/python3',
        ['-c', 'import versioneer; print(versioneer.get_version())'],
        {
          cwd: example.folder,
          encoding: 'utf8',
        },
      );
      expect(onHost).to.match(/^1\.2\.0\+0\.g[0-9a-f]+\.dirty\n$/);
      expect(stdout).to.equal(`Hello, world! This is greeter ${onHost.trim()}.\n`);
    });

    it('keeps the cache when nothing but the version has changed', async () => {
      execFileSync(
        'git',
        ['-c', 'user.name=A', '-c', 'user.email=a@example.org', 'commit', '-qam', 'Change'],
        {
          cwd: example.folder,
        },
      );
      const { status, stderr } = await gulp(example.folder, ['build'], { env });
      expect(status, stderr).to.equal(0);
      // Podman's builder compares the labels of the base, too.
      const step = isPodman(name)
        ? /build base .*requirements.txt {2}CACHED/
        : /build app .*COPY src src {2}CACHED/;
      expect(stderr).to.match(step);
      expect(readFileSync(join(example.folder, '_version.py.bld'), 'utf8')).to.match(/1\.2\.0\+1\.g/);
    });

    it('shows an edit on the host inside the dev image, and its failing tests by their exit status', async () => {
      const run = () => gulp(example.folder, ['run:dev'], { env });
      expect((await run()).status).to.equal(0);
      appendFileSync(join(example.folder, 'src/greeter/__init__.py'), '\ngreet = lambda name: "no"\n');
      const broken = await run();
      expect(broken.status).to.equal(1);
      expect(broken.stderr).to.include("'no' != 'Hello, Ada!'");
    });

    describe('in a terminal', () => {
      let terminal: Pty;
      const shell = async (...args: string[]) => {
        const node = [process.execPath, join(example.folder, 'node_modules/gulp/bin/gulp.js')];
        terminal = await bed.pty([...node, ...args], {
          cwd: example.folder,
          env,
          columns: 90,
          rows: 30,
        });
      };
      afterEach(() => terminal.close());

      it('gives a shell that follows the size, takes Ctrl-C, and passes on exit status 7', async () => {
        await shell('build:dev', 'run:shell', '--series');
        await terminal.waitFor(/^#$/m);
        await terminal.type('stty size\n');
        await terminal.waitFor(/^30 90$/m);
        await terminal.resize(100, 40);
        await terminal.type('sleep 1; stty size\n');
        await terminal.waitFor(/^40 100$/m);
        await terminal.type("echo a''sleep; sleep 100\n");
        await terminal.waitFor(/^asleep$/m);
        await terminal.keys('C-c');
        await terminal.waitFor(/\^C\n+#$/m); // what is typed before the prompt is back, the signal throws away
        await terminal.type('echo still $((40 + 2))\n');
        await terminal.waitFor(/^still 42$/m);
        await terminal.type('exit 7\n');
        expect((await terminal.exit()).status).to.equal(7);
      });
    });
  });
}

/** The environment of a user who has podman alone, whose service is found at its usual place. */
function withoutDocker({ env, socket }: BedEngine, project: string): NodeJS.ProcessEnv {
  // The machine's own Docker would go before.
  if (existsSync('/var/run/docker.sock')) return env;
  const runtime = join(project, '..', 'run');
  mkdirSync(join(runtime, 'podman'), { recursive: true });
  symlinkSync(socket, join(runtime, 'podman/podman.sock'));
  return { ...env, DOCKER_HOST: undefined, XDG_RUNTIME_DIR: runtime };
}
