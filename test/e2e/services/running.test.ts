import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { shellQuote } from '../../../lib/text/command-line.js';
import type { PsJson, RunningJson } from '../../../tasks/index.js';
import { bed, type BedEngine } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { gulp, gulpProgram, project, type TemporaryProject } from '../tasks/gulp.js';

const busybox = (name: string, ...lines: string[]) =>
  [`[${name}]`, 'prefix=False', 'name=busybox:latest', ...lines, ''].join('\n');

/** Ends at once when it is told to. */
const SERVER = `cmd=sh -c 'trap "exit 0" TERM; echo at level $LEVEL; echo up; httpd -f -p 80 & wait'`;

const FILES = {
  'docker/run.cfg': [
    '[run_image]\nsynthetic_images=tests alone\n',
    busybox('web', SERVER, 'ready=port 80', 'ports=-p 127.0.0.1::80', 'environment=-e LEVEL=$LEVEL'),
    busybox('tests', 'depends_on=web', `cmd=sh -c 'echo at it; read line'`, 'interactive=-i'),
    busybox('alone', `cmd=sh -c 'trap "exit 0" TERM; sleep 600 & wait'`, 'ready=log "never written"'),
  ].join('\n'),
};

for (const name of cases(['podman-4', 'podman-5', '20-overlay2', '28-containerd'] as const)) {
  describe(`what runs already, ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let made: TemporaryProject;
    const user = `running-${process.pid}`;
    const env = (level = '1') => ({ ...engine.env, LOGNAME: user, LEVEL: level });
    const run = async (words: string[], { level, input }: { level?: string; input?: string } = {}) =>
      gulp(made.folder, [...words, '--silent'], { env: env(level), input });
    const good = async (...args: Parameters<typeof run>) => {
      const { status, stdout, stderr } = await run(...args);
      expect(status, stderr).to.equal(0);
      return stdout;
    };
    const ps = async () => (JSON.parse(await good(['ps', '--json'])) as PsJson).containers;
    const shown = ({ image, role, state, ready }: RunningJson) => ({ image, role, state, ready });

    before(async function () {
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      made = await project(FILES, 'shop');
    });
    afterEach(async () => void (await run(['stop'])));
    after(async () => {
      await made?.[Symbol.asyncDispose]();
    });

    it('is started once, found, entered and stopped', async () => {
      await good(['start:web']);
      const [first, ...others] = await ps();
      expect(others).to.deep.equal([]);
      expect(first && shown(first)).to.deep.equal({
        image: 'web',
        role: 'service',
        state: 'ready (port 80)',
        ready: true,
      });
      expect(first?.ports).to.match(/^127\.0\.0\.1:\d+->80\/tcp$/);

      await good(['start:web']);
      expect((await ps()).map(({ id }) => id)).to.deep.equal([first?.id]);
      await good(['start:web'], { level: '2' });
      expect((await ps()).map(({ id }) => id)).to.not.include(first?.id);

      expect(await good(['logs:web'])).to.equal('at level 2\nup\n');
      expect(await good(['logs:web', '--tail', '1'])).to.equal('up\n');
      expect(await good(['exec:web', '--command', 'cat'], { input: 'through\n' })).to.equal('through\n');
      expect((await run(['exec:web', '--command', "sh -c 'exit 7'"])).status).to.equal(7);
      // 20.10 says that it cannot be executed, whatever the reason.
      expect((await run(['exec:web', '--command', 'nothing-like-it'])).status).to.be.oneOf([126, 127]);
      expect((await run(['shell:web'], { input: 'echo $LEVEL; exit 5' })).stdout).to.equal('2\n');

      await good(['stop:web']);
      expect(await ps()).to.deep.equal([]);
      const { status, stderr } = await run(['exec:web', '--command', 'true']);
      expect(status).to.equal(1);
      expect(stderr).to.match(/^Nothing of web runs on the engine at .*: gulp start:web starts it\.$/m);
      const filters = JSON.stringify({ label: [`gulp-dockerutils.project=shop/${user}`] });
      expect(await engine.docker.listNetworks({ filters })).to.deep.equal([]);
    });

    // What differs between engines is in the others.
    const newest = (title: string, test: () => Promise<void>) => {
      if (name === '28-containerd') it(title, test);
    };
    newest('is what run --keep started, too, which stop leaves there', async () => {
      const id = (await good(['run:alone', '--keep'])).trim();
      expect((await ps()).map(shown)).to.deep.equal([
        { image: 'alone', role: 'run', state: 'not ready (log "never written")', ready: false },
      ]);
      expect(await good(['exec:alone', '--command', 'hostname'])).to.equal(`${id.slice(0, 12)}\n`);
      await good(['stop']);
      expect(await ps()).to.deep.equal([]);
      const { State } = await engine.docker.getContainer(id).inspect();
      expect(State.Running).to.equal(false);
      await engine.docker.getContainer(id).remove();
    });

    it('is what runs beside tests: entered, and left to them', async () => {
      const tests = spawn(process.execPath, [gulpProgram, 'run:tests', '--silent'], {
        cwd: made.folder,
        env: env(),
        stdio: 'pipe',
      });
      await firstOutput(tests);
      expect((await ps()).map(shown)).to.deep.include.members([
        { image: 'web', role: 'beside', state: 'ready (port 80)', ready: true },
        { image: 'tests', role: 'run', state: 'running', ready: undefined },
      ]);
      await good(['stop:web']);
      expect(await good(['exec:web', '--command', 'echo there'])).to.equal('there\n');
      tests.stdin.end('done\n');
      expect(await once(tests, 'exit')).to.deep.equal([0, null]);
      expect(await ps()).to.deep.equal([]);
    });

    newest(
      'is entered from a terminal, which is as it was behind it, and followed until Ctrl-C',
      async () => {
        await good(['start:web']);
        const gulpLine = (words: string) =>
          `${[process.execPath, gulpProgram].map(shellQuote).join(' ')} ${words}`;
        const script = [
          // The shell itself goes on at a Ctrl-C.
          'trap : INT; stty -g > before',
          gulpLine('shell:web --silent'),
          'echo status $?; stty -g | cmp before - && echo same',
          gulpLine('logs:web --follow --silent'),
          'echo followed $?; read line',
        ].join('; ');
        const terminal = await bed.pty(['bash', '-c', script], {
          columns: 120,
          cwd: made.folder,
          env: { ...env(), LANG: 'C.UTF-8' },
        });
        try {
          await terminal.waitFor(/[#$]$/m);
          await terminal.type('test -t 0 && stty size; exit 3\n');
          await terminal.waitFor(/^\d+ 120$/m);
          await terminal.waitFor(/^status 3$/m);
          await terminal.waitFor(/^same$/m);
          await terminal.waitFor(/^up$/m);
          await terminal.keys('C-c');
          await terminal.waitFor(/^followed 130$/m);
        } finally {
          await terminal.close();
          await good(['stop']);
        }
      },
    );

    it('is started by four at once', async () => {
      const all = await Promise.all(Array.from({ length: 4 }, () => run(['start:web'])));
      const statuses = all.map(({ status }) => status);
      expect(statuses, all.map(({ stderr }) => stderr).join('')).to.deep.equal([0, 0, 0, 0]);
      expect((await ps()).length).to.equal(1);
      await good(['stop']);
      expect(await ps()).to.deep.equal([]);
    });

    it('takes no name from a container of somebody else, and does not wait for it', async () => {
      const other = `${user}_shop_web`;
      const { id } = await engine.docker.createContainer({ Image: 'busybox:latest', name: other });
      const started = performance.now();
      const { status, stderr } = await run(['start:web']);
      expect(status, stderr).to.equal(125);
      expect(stderr).to.contain(`A container named "${other}" exists already; remove it`);
      expect(performance.now() - started).to.be.below(20_000);
      await engine.docker.getContainer(id).remove();
    });
  });
}

async function firstOutput({ stdout }: ChildProcessWithoutNullStreams): Promise<void> {
  for await (const _ of stdout.iterator({ destroyOnReturn: false })) return;
}
