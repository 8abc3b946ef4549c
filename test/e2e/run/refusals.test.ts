import { expect } from 'chai';
import { bed, type BedEngine, isPodman, podmanNames } from '../../bed/index.js';
import { engines, outermost } from '../../circle.js';
import { run, type RunProgramSpec } from './program.js';

for (const name of [...engines(['20-overlay2', '26-overlay2', '28-containerd']), ...outermost(podmanNames)]) {
  describe(`what an engine refuses, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    const label = `e2e-refusal-${process.pid}`;

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
    });

    /** Expects one sentence and no stack, that exit status, and no container left. */
    async function expectRefusal(spec: RunProgramSpec, status: number, sentence: RegExp): Promise<void> {
      const args = [...(spec.section?.args ?? []), '--label', label];
      const outcome = await run({ ...spec, section: { cmd: ['true'], ...spec.section, args } }, engine.env);
      expect(outcome.stderr).to.match(sentence);
      expect(outcome.stderr).not.to.match(/^ +at /m);
      expect(outcome.stdout).to.equal('');
      expect(outcome.status).to.equal(status);
      const left = await engine.docker.listContainers({ all: true, filters: { label: [label] } });
      expect(left).to.deep.equal([]);
    }

    const onDocker = isPodman(name) ? () => undefined : it;

    it('is told of an image that is not built yet', () =>
      expectRefusal(
        { name: 'dev', reference: 'demo-dev:nobody', built: true },
        125,
        /^NOT_BUILT: The image demo-dev:nobody .* gulp build:dev$/m,
      ));

    it('is told of an image that must not be pulled', () =>
      expectRefusal(
        { reference: 'demo-dev:nobody', section: { args: ['--pull=never'] } },
        125,
        /^MISSING_IMAGE: The image demo-dev:nobody is not on this engine/m,
      ));

    it('is told of a registry that cannot be reached', () =>
      expectRefusal(
        { reference: '127.0.0.1:9/demo:1' },
        125,
        /^PULL_FAILED: 127.0.0.1:9\/demo:1 was not pulled: /m,
      ));

    it('is told of a port in use, with the container that has it', async () => {
      const holder = await engine.docker.createContainer({
        Image: 'busybox:latest',
        Cmd: ['sleep', '60'],
        ExposedPorts: { '80/tcp': {} },
        HostConfig: { PortBindings: { '80/tcp': [{ HostIp: '127.0.0.1', HostPort: '' }] } },
      });
      try {
        await holder.start();
        const { NetworkSettings } = await holder.inspect();
        const port = NetworkSettings.Ports['80/tcp']![0]!.HostPort;
        await expectRefusal(
          { section: { ports: ['-p', `127.0.0.1:${port}:80`] } },
          125,
          new RegExp(`^PORT_IN_USE: docker/run.cfg:2: port ${port} of the engine's host is in use`, 'm'),
        );
      } finally {
        await holder.remove({ force: true });
      }
    });

    // Podman of the test bed has a network of its own, where nothing else listens.
    onDocker('is told of a port that something else than a container listens on', async () => {
      const { createServer } = await import('node:net');
      const server = createServer().listen(0);
      const { port } = server.address() as { port: number };
      try {
        await expectRefusal(
          { section: { ports: ['-p', `${port}:80`] } },
          125,
          new RegExp(`^PORT_IN_USE: docker/run.cfg:2: port ${port} of the engine's host is in use`, 'm'),
        );
      } finally {
        server.close();
      }
    });

    it('is told of a network that does not exist', () =>
      expectRefusal(
        { section: { network: 'no-such-network' } },
        125,
        /^MISSING_NETWORK: docker\/run.cfg:1: there is no network "no-such-network"/m,
      ));

    it('is told of a second network that does not exist', async () => {
      const network = await engine.docker.createNetwork({ Name: label });
      try {
        await expectRefusal(
          { section: { args: ['--network', label, '--network', 'no-such-network'] } },
          125,
          /^MISSING_NETWORK: docker\/run.cfg:4: there is no network "no-such-network"/m,
        );
      } finally {
        await network.remove();
      }
    });

    // Podman makes it.
    onDocker('is told of a folder to mount that does not exist', async () => {
      await expectRefusal(
        { section: { volumes: ['--mount', 'type=bind,src=/no/such/folder,dst=/x'] } },
        125,
        /^BAD_MOUNT: docker\/run.cfg:2: there is no \/no\/such\/folder on the engine's host/m,
      );
    });

    it('is told of a file mounted on a folder', () =>
      expectRefusal(
        { section: { volumes: ['-v', '/etc/passwd:/bin'] } },
        125,
        /^BAD_MOUNT: docker\/run.cfg:2: \/etc\/passwd cannot be mounted at \/bin/m,
      ));

    it('is told of a GPU where there is none', () =>
      expectRefusal({ options: { gpu: true } }, 125, /^NO_GPU: /m));

    it('is told of the nvidia runtime where there is none', () =>
      expectRefusal(
        { section: { gpu: ['--runtime=nvidia'] }, options: { gpu: true } },
        125,
        name === 'podman-4' ? /^NO_GPU: podman 4/m : /^NO_GPU: docker\/run.cfg:1: /m,
      ));

    it('is told of a command that does not exist', () =>
      expectRefusal(
        { section: { args: ['--init=false'], cmd: ['no-such-command'] } },
        127,
        /^NO_SUCH_COMMAND: There is no command "no-such-command" in busybox:latest/m,
      ));

    it('is told of a command that is not executable', () =>
      expectRefusal(
        { section: { args: ['--init=false'], cmd: ['/etc'] } },
        126,
        // Podman 4's runtime does not say which.
        /^COMMAND_NOT_EXECUTABLE: (?:"\/etc"|The command) in busybox:latest is not executable/m,
      ));

    it('is told of a terminal where there is none', () =>
      expectRefusal({ section: { interactive: ['-it'] } }, 1, /^NO_TERMINAL: /m));

    it('is told of flags that docker run does not take, with their place', () =>
      expectRefusal(
        { section: { args: ['--memory', 'lots'] } },
        125,
        /BAD_VALUE: docker\/run.cfg:2: invalid argument "lots"/m,
      ));

    // Podman starts it.
    onDocker('is told in its own words otherwise', async () => {
      await expectRefusal(
        { section: { args: ['--memory', '1k'] } },
        125,
        /^RUN_REFUSED: busybox:latest was not started: Minimum memory limit allowed is 6MB\.$/m,
      );
    });
  });
}
