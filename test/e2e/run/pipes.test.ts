import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { constants } from 'node:os';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect } from 'chai';
import { bed, type BedEngine, podmanNames } from '../../bed/index.js';
import { engines, outermost } from '../../circle.js';
import { randomBytes } from '../../seed.js';
import { until } from '../../until.js';
import { outcomeOf, run, startRun } from './program.js';

const MEGABYTE = 1 << 20;

for (const name of [...engines(['20-overlay2', '28-containerd']), ...outermost(podmanNames)]) {
  describe(`run through pipes, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
    });

    it('passes 50 MB in and out again, exact to the byte', async () => {
      const block = randomBytes(MEGABYTE);
      const sent = createHash('sha256');
      function* blocks() {
        for (let i = 0; i < 50; i++) {
          // Every block another, and of an odd length, so that frames and chunks do not fall together.
          const part = block.subarray(i * 7 + 1);
          sent.update(part);
          yield part;
        }
      }
      const child = startRun({ section: { cmd: ['cat'] } }, engine.env);
      const received = createHash('sha256');
      child.stdout.on('data', (chunk: Buffer) => received.update(chunk));
      child.stderr.resume();
      await Promise.all([pipeline(Readable.from(blocks()), child.stdin), once(child, 'close')]);
      expect(child.exitCode).to.equal(0);
      expect(received.digest('hex')).to.equal(sent.digest('hex'));
    });

    it('keeps standard output and standard error apart', async () => {
      const script = 'for i in 1 2 3 4 5; do echo out $i; echo err $i >&2; done; exit 7';
      const { status, stdout, stderr } = await run({ section: { cmd: ['sh', '-c', script] } }, engine.env);
      expect(status).to.equal(7);
      expect(stdout).to.equal('out 1\nout 2\nout 3\nout 4\nout 5\n');
      expect(stderr).to.contain('err 1\nerr 2\nerr 3\nerr 4\nerr 5\n');
    });

    it('does not wait for input that never ends when the container has ended', async () => {
      const child = startRun({ section: { cmd: ['echo', 'done'] } }, engine.env);
      expect(await outcomeOf(child)).to.include({ status: 0, stdout: 'done\n' });
    });

    it('ends the container when the reader of its output has gone', async () => {
      const child = startRun({ section: { cmd: ['yes'], args: ['--label', 'e2e=closed'] } }, engine.env);
      child.stderr.resume();
      await once(child.stdout, 'data');
      child.stdout.destroy();
      const [status] = (await once(child, 'exit')) as [number | null];
      expect(status).to.equal(141);
      const left = await engine.docker.listContainers({ all: true, filters: { label: ['e2e=closed'] } });
      expect(left).to.deep.equal([]);
    });

    it('passes a signal on, and the exit status that the container makes of it', async () => {
      const script = 'trap "echo caught; exit 9" INT; echo ready; while :; do sleep 0.1; done';
      const child = startRun({ section: { cmd: ['sh', '-c', script] } }, engine.env);
      child.stdout.once('data', () => child.kill('SIGINT'));
      expect(await outcomeOf(child)).to.include({ status: 9, stdout: 'ready\ncaught\n' });
    });

    it('leaves nothing when it is interrupted before the start', async () => {
      const child = startRun(
        { section: { cmd: ['sleep', '100'], args: ['--label', 'e2e=early'] } },
        engine.env,
      );
      // The command is printed before the container is created.
      child.stderr.once('data', () => child.kill('SIGINT'));
      const { status } = await outcomeOf(child);
      expect(status).to.equal(130);
      const left = await engine.docker.listContainers({ all: true, filters: { label: ['e2e=early'] } });
      expect(left).to.deep.equal([]);
    });

    it('ends by the third signal a container that ignores them', async () => {
      const child = startRun(
        { section: { cmd: ['sh', '-c', 'trap "" INT TERM; echo ready; while :; do sleep 1; done'] } },
        engine.env,
      );
      const outcome = outcomeOf(child);
      await once(child.stdout, 'data');
      for (let signal = 1; signal <= 3; signal++) {
        child.kill('SIGTERM');
        // Two that come before the process has looked are one to it.
        await until('the signal to be taken', async () => !(await isPending(child.pid!, 'SIGTERM')));
      }
      expect(await outcome).to.include({ status: 137, stdout: 'ready\n' });
    });

    it('prints the ID of a container that is kept, and nothing else', async () => {
      const { status, stdout } = await run(
        { section: { cmd: ['sleep', '100'] }, options: { keep: true } },
        engine.env,
      );
      const container = engine.docker.getContainer(stdout.trim());
      const { Id, State, HostConfig } = await container.inspect();
      await container.remove({ force: true });
      expect(status).to.equal(0);
      expect(stdout).to.equal(`${Id}\n`);
      expect(State.Running).to.equal(true);
      expect(HostConfig.AutoRemove).to.equal(false);
    });
  });
}

/** Whether a signal waits to be taken by a process. */
async function isPending(pid: number, signal: NodeJS.Signals): Promise<boolean> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const pending = /^ShdPnd:\s*(\w+)$/m.exec(status)?.[1] ?? '0';
  return ((BigInt(`0x${pending}`) >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
}
