import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { shellQuote } from '../../../lib/text/command-line.js';
import { bed, type BedEngine, isPodman, type Pty } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { runProgram, type RunProgramSpec } from './program.js';

/** A shell in a terminal that runs one image, and compares the terminal's settings before and after. */
interface Session {
  terminal: Pty;
  /** Waits for the end; the exit status that the shell saw. */
  end: () => Promise<number>;
}

for (const name of cases(['podman-5.4', '20-overlay2', '28-containerd'] as const)) {
  describe(`run in a terminal, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let folder: string;
    const sessions: Session[] = [];

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      folder = await mkdtemp(join(tmpdir(), 'run-terminal-'));
    });

    after(() => rm(folder, { recursive: true, force: true }));
    afterEach(async () => {
      for (const { terminal } of sessions.splice(0)) await terminal.close();
    });

    async function open(spec: RunProgramSpec, env = engine.env, redirection = ''): Promise<Session> {
      const session = await openSession(spec, env, folder, redirection);
      sessions.push(session);
      return session;
    }

    it('gives the container a terminal of the size of this one', async () => {
      // Before API 1.42, and with podman, an engine learns of the size when the container runs already.
      const learns = 'until [ "$(stty size 2>/dev/null)" = "24 150" ]; do sleep 0.1; done; ';
      const script = `${name.startsWith('20') || isPodman(name) ? learns : ''}stty size; test -t 0 && exit 7`;
      const { terminal, end } = await open({ section: { cmd: ['sh', '-c', script] } });
      expect(await end()).to.equal(7);
      expect(await terminal.everything()).to.match(/^24 150$/m);
    });

    it('follows its size', async () => {
      const script = 'trap "stty size" WINCH; echo ready; while :; do sleep 0.1; done';
      const { terminal, end } = await open({ section: { cmd: ['sh', '-c', script] } });
      await terminal.waitFor(/^ready$/m);
      await terminal.resize(100, 30);
      await terminal.waitFor(/^30 100$/m);
      await terminal.keys('C-c');
      expect(await end()).to.equal(130);
    });

    it('sends keys to the container, Ctrl-C too', async () => {
      const script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done';
      const { terminal, end } = await open({ section: { cmd: ['sh', '-c', script] } });
      await terminal.waitFor(/^ready$/m);
      await terminal.keys('C-c');
      expect(await end()).to.equal(9);
      expect(await terminal.everything()).to.match(/caught$/m);
    });

    it('works as a shell does', async () => {
      const { terminal, end } = await open({ section: { cmd: ['sh'] } });
      await terminal.waitFor(/^\/ #/m);
      await terminal.type('echo $((6 * 7)); tty; exit 3');
      await terminal.keys('Enter');
      expect(await end()).to.equal(3);
      expect(await terminal.everything()).to.match(/^42$/m);
    });

    it('leaves a lone line feed as it is, which moves the cursor straight down', async () => {
      const script = 'stty -opost; printf "abc\\ndef\\r\\n"';
      const { terminal, end } = await open({ section: { cmd: ['sh', '-c', script] } });
      expect(await end()).to.equal(0);
      expect(await terminal.everything()).to.match(/^abc\n {3}def$/m);
    });

    it('detaches by ctrl-p ctrl-q and leaves the container running', async () => {
      const { terminal, end } = await open({
        section: { cmd: ['sh'], args: ['--name', `e2e-dk-${process.pid}`] },
      });
      await terminal.waitFor(/^\/ #/m);
      await terminal.keys('C-p', 'C-q');
      expect(await end()).to.equal(0);
      expect(await terminal.everything()).to.contain(`docker attach e2e-dk-${process.pid}`);
      await removeRunning(engine, `e2e-dk-${process.pid}`);
    });

    it('takes other detach keys from the flag, and from the docker configuration', async () => {
      const flag = await open({
        section: { cmd: ['cat'], args: ['--name', `e2e-dkf-${process.pid}`, '--detach-keys', 'ctrl-x,x'] },
      });
      await flag.terminal.type('hello');
      await flag.terminal.keys('Enter');
      await flag.terminal.waitFor(/hello\n(.*\n)*hello/);
      await flag.terminal.keys('C-p', 'C-q', 'C-x', 'x');
      expect(await flag.end()).to.equal(0);
      await removeRunning(engine, `e2e-dkf-${process.pid}`);

      await writeFile(join(folder, 'config.json'), '{ "detachKeys": "ctrl-a,d" }');
      const configured = await open(
        { section: { cmd: ['sh'], args: ['--name', `e2e-dkc-${process.pid}`] } },
        { ...engine.env, DOCKER_CONFIG: folder },
      );
      await configured.terminal.waitFor(/^\/ #/m);
      await configured.terminal.keys('C-a', 'd');
      expect(await configured.end()).to.equal(0);
      await removeRunning(engine, `e2e-dkc-${process.pid}`);
    });

    it('gives no terminal where standard output is a file, so that its bytes stay', async () => {
      const file = join(folder, 'output');
      const { end } = await open(
        { section: { cmd: ['sh', '-c', 'echo one; echo two'] } },
        engine.env,
        `> ${shellQuote(file)}`,
      );
      expect(await end()).to.equal(0);
      expect(await readFile(file, 'utf8')).to.equal('one\ntwo\n');
    });

    it('restores the terminal after an error', async () => {
      const { terminal, end } = await open({
        section: { cmd: ['sh'], args: ['--init=false', '--entrypoint', 'no-such-command'] },
      });
      expect(await end()).to.equal(127);
      expect(await terminal.everything()).to.contain('NO_SUCH_COMMAND: ');
    });

    it('restores the terminal when it is terminated', async () => {
      const { terminal, end } = await open({ section: { cmd: ['sh', '-c', 'echo ready; sleep 100'] } });
      await terminal.waitFor(/^ready$/m);
      process.kill(await pidOf(folder), 'SIGTERM');
      expect(await end()).to.equal(143);
    });
  });
}

describe('run in a terminal, engine killed', function () {
  this.timeout(600_000);

  it('says so in one sentence, and restores the terminal', async function () {
    const engine = await bed.orSkip(this, () => bed.engine('28-overlay2', { own: 'killed' }));
    const folder = await mkdtemp(join(tmpdir(), 'run-terminal-'));
    try {
      await bed.baseImages(engine.docker, ['busybox:latest']);
      const { terminal, end } = await openSession({ section: { cmd: ['sh'] } }, engine.env, folder);
      await terminal.waitFor(/^\/ #/m);
      await engine.kill();
      expect(await end()).to.equal(125);
      const text = await terminal.everything();
      await terminal.close();
      expect(text.replaceAll('\n', '')).to.match(/ENGINE_LOST: The connection to the engine at unix:/);
      expect(text).not.to.match(/^ +at /m);
    } finally {
      await engine.stop();
      await rm(folder, { recursive: true, force: true });
    }
  });
});

async function openSession(
  spec: RunProgramSpec,
  env: NodeJS.ProcessEnv,
  folder: string,
  redirection = '',
): Promise<Session> {
  const line = runProgram(spec).map(shellQuote).join(' ');
  // The shell's own pid is the program's after `exec`.
  const script = [
    'before=$(stty -g)',
    `sh -c 'echo $$ > "$0"; exec "$@"' ${shellQuote(join(folder, 'pid'))} ${line} ${redirection}`,
    'echo "status $?"',
    'test "$before" = "$(stty -g)" && echo "terminal restored" || echo "terminal changed"',
  ].join('\n');
  const terminal = await bed.pty(['sh', '-c', script], { columns: 150, env: { ...env, LANG: 'C.UTF-8' } });
  return {
    terminal,
    async end() {
      const text = await terminal.waitFor(/^terminal (restored|changed)/m);
      expect(text, text).to.match(/^terminal restored/m);
      return Number(/status (\d+)$/m.exec(text)?.[1]);
    },
  };
}

async function pidOf(folder: string): Promise<number> {
  return Number(await readFile(join(folder, 'pid'), 'utf8'));
}

async function removeRunning(engine: BedEngine, name: string): Promise<void> {
  const container = engine.docker.getContainer(name);
  const { State } = await container.inspect();
  await container.remove({ force: true });
  expect(State.Running).to.equal(true);
}
