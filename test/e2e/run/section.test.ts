import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { ContainerInfo } from 'dockerode';
import { bed, type BedEngine } from '../../bed/index.js';
import { engines } from '../../circle.js';
import { until } from '../../until.js';
import { outcomeOf, run, startRun } from './program.js';

for (const name of engines(['20-overlay2', '28-overlay2'], ['28-overlay2'])) {
  describe(`what a section says, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let folder: string;
    const network = (letter: string) => `e2e-run-${process.pid}-${letter}`;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      folder = await mkdtemp(join(tmpdir(), 'run section '));
      for (const letter of ['a', 'b']) await engine.docker.createNetwork({ Name: network(letter) });
    });

    after(async () => {
      await rm(folder, { recursive: true, force: true });
      for (const letter of ['a', 'b']) await engine?.docker.getNetwork(network(letter)).remove();
    });

    it('mounts a folder of this machine, where an edit is seen on the other side at once', async () => {
      const source = join(folder, 'source code');
      await mkdir(source);
      await writeFile(join(source, 'module.py'), 'first\n');
      const child = startRun(
        {
          section: {
            volumes: ['-v', `${source}:/work`],
            cmd: [
              'sh',
              '-c',
              'cat /work/module.py; echo ready; read line; cat /work/module.py; echo made > /work/result',
            ],
          },
        },
        engine.env,
      );
      const outcome = outcomeOf(child);
      await new Promise<void>((resolve) =>
        child.stdout.on('data', (chunk: Buffer) => String(chunk).includes('ready') && resolve()),
      );
      await writeFile(join(source, 'module.py'), 'second\n');
      child.stdin.end('go on\n');
      expect(await outcome).to.include({ status: 0, stdout: 'first\nready\nsecond\n' });
      expect(await readFile(join(source, 'result'), 'utf8')).to.equal('made\n');
    });

    it('takes relative paths from the project root', async () => {
      await mkdir(join(folder, 'data'));
      await writeFile(join(folder, 'data', 'file'), 'here\n');
      const section = { volumes: ['-v', './data:/data'], cmd: ['cat', '/data/file'] };
      expect(await run({ root: folder, section }, engine.env)).to.include({ status: 0, stdout: 'here\n' });
    });

    it('publishes ports', async () => {
      const serve = 'while :; do printf "HTTP/1.0 200 OK\\r\\n\\r\\nserved\\n" | nc -l -p 80; done';
      const child = startRun(
        {
          section: {
            ports: ['-p', '127.0.0.1::80'],
            args: ['--label', network('p')],
            cmd: ['sh', '-c', `echo ready; ${serve}`],
          },
        },
        engine.env,
      );
      const outcome = outcomeOf(child);
      try {
        await once(child.stdout, 'data');
        const { Ports } = await running(engine, network('p'));
        const port = Ports.find(({ PublicPort }) => PublicPort)!.PublicPort;
        expect(
          await until('an answer', async () => (await fetch(`http://127.0.0.1:${port}/`)).text()),
        ).to.equal('served\n');
      } finally {
        child.kill('SIGTERM');
      }
      expect((await outcome).status).to.equal(143);
    });

    it('joins several networks, with the settings of each', async () => {
      const args = ['--network', `name=${network('b')},alias=second`, '--label', network('n')];
      const child = startRun(
        { section: { network: network('a'), args, cmd: ['sh', '-c', 'echo ready; cat'] } },
        engine.env,
      );
      const outcome = outcomeOf(child);
      try {
        await once(child.stdout, 'data');
        const { Id } = await running(engine, network('n'));
        const { NetworkSettings } = await engine.docker.getContainer(Id).inspect();
        const networks = NetworkSettings.Networks as Record<string, { Aliases: string[] }>;
        expect(Object.keys(networks)).to.have.members([network('a'), network('b')]);
        expect(networks[network('b')]!.Aliases).to.include('second');
      } finally {
        child.stdin.end();
      }
      expect((await outcome).status).to.equal(0);
    });

    it('sets variables: the section, then --env, and credentials without showing them', async () => {
      const env = {
        ...engine.env,
        AWS_ACCESS_KEY_ID: 'AKIASECRET',
        AWS_REGION: 'eu-west-1',
        FROM_HERE: 'passed',
      };
      const { status, stdout, stderr } = await run(
        {
          section: {
            environment: ['-e', 'A=1', '-e', 'FROM_HERE'],
            env: ['B=two words', 'C=3'],
            cmd: ['sh', '-c', 'echo "$A|$B|$C|$FROM_HERE|$AWS_ACCESS_KEY_ID|$AWS_REGION"'],
          },
          options: { env: ['C=4'] },
        },
        env,
      );
      expect(status).to.equal(0);
      expect(stdout).to.equal('1|two words|4|passed|AKIASECRET|eu-west-1\n');
      expect(stderr).to.contain('-e AWS_ACCESS_KEY_ID -e AWS_REGION');
      expect(stderr).not.to.contain('AKIASECRET');
    });

    it('writes the ID of the container to --cidfile, and refuses a file that is there', async () => {
      const file = join(folder, 'container-id');
      const section = { args: ['--cidfile', file], cmd: ['true'] };
      expect((await run({ section }, engine.env)).status).to.equal(0);
      expect(await readFile(file, 'utf8')).to.match(/^[0-9a-f]{64}$/);
      const again = await run({ section }, engine.env);
      expect(again.status).to.equal(125);
      expect(again.stderr).to.contain(`CIDFILE: The container ID file ${file} exists already`);
    });

    it('says of a container in the background what it is called, where its ports are, and how to end it', async () => {
      const section = { ports: ['-p', '127.0.0.1::80'], cmd: ['sleep', '600'] };
      const { status, stdout, stderr } = await run({ section, options: { keep: true } }, engine.env);
      expect(status, stderr).to.equal(0);
      const container = engine.docker.getContainer(stdout.trim());
      const { Name, NetworkSettings } = await container.inspect();
      await container.remove({ force: true });
      const port = NetworkSettings.Ports['80/tcp']?.[0]?.HostPort;
      const name = Name.slice(1);
      expect(stderr).to.match(
        new RegExp(`${name} runs \\S+ in the background: 127\\.0\\.0\\.1:${port}->80/tcp`),
      );
      for (const words of ['logs -f', 'stop', 'rm -f'])
        expect(stderr).to.match(new RegExp(`docker .*${words} ${name}`));
    });

    it('removes the container at its end, with its anonymous volumes, and keeps it where it is told to', async () => {
      const label = network('rm');
      const cmd = ['true'];
      await run({ section: { cmd, args: ['--label', label, '-v', '/data'] } }, engine.env);
      await run({ section: { cmd, args: ['--label', label, '--rm=false'] } }, engine.env);
      const left = await engine.docker.listContainers({ all: true, filters: { label: [label] } });
      for (const { Id } of left) await engine.docker.getContainer(Id).remove();
      expect(left).to.have.length(1);
    });
  });
}

/** The container with a label: its output may be here before the engine says that it runs. */
async function running(engine: BedEngine, label: string): Promise<ContainerInfo> {
  const [container] = await until(`a container ${label}`, async () => {
    const found = await engine.docker.listContainers({ filters: { label: [label] } });
    return found.length > 0 && found;
  });
  return container!;
}
