import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, symlinkSync } from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type Docker from 'dockerode';
import { claim, CLAIMS } from '../bed/claim.js';
import { command } from '../bed/command.js';
import { folders } from '../bed/folders.js';
import { bed, type BedHost } from '../bed/index.js';
import { engines } from '../circle.js';

describe('the test bed', function () {
  this.timeout(900_000); // the first time on a machine

  for (const name of engines()) {
    it(`brings up ${name}, with the store it is named for`, async function () {
      const engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      const [version, store] = name.split('-');
      const facts = (await engine.docker.info()) as { ServerVersion: string; DriverStatus: string[][] };
      expect(facts.ServerVersion).to.match(new RegExp(`^${version}\\.`));
      expect(JSON.stringify(facts.DriverStatus).includes('containerd.snapshotter')).to.equal(
        store === 'containerd',
      );
      expect(await output(engine.docker, 'busybox:latest', ['echo', 'it runs'])).to.equal('it runs\n');
    });
  }

  it('has addresses that no other bed of the machine has', () => {
    const folder = mkdtempSync(join(tmpdir(), 'claims-'));
    const owners = Array.from({ length: CLAIMS }, (_, i) => join(folder, `bed-${i}`));
    for (const owner of owners) mkdirSync(owner);
    const notes = join(folder, 'notes');
    const claimed = owners.map((owner) => claim(notes, owner, 5));
    expect(new Set(claimed).size).to.equal(CLAIMS);
    expect(claimed[0]).to.equal(5);
    expect(owners.map((owner) => claim(notes, owner, 9))).to.deep.equal(claimed);
    const more = join(folder, 'more');
    expect(() => claim(notes, more, 5)).to.throw('remove what is not used');
    rmdirSync(owners[70]!);
    expect(claim(notes, more, 5)).to.equal(claimed[70]);
    rmSync(folder, { recursive: true });
  });

  it('has networks in which containers find each other by name, and ports on this machine', async function () {
    const engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
    const network = await engine.docker.createNetwork({ Name: `bed-test-${process.pid}` });
    const web = await engine.docker.createContainer({
      Image: 'busybox:latest',
      Cmd: ['sh', '-c', 'echo found >/tmp/index.html; exec httpd -f -h /tmp'],
      ExposedPorts: { '80/tcp': {} },
      HostConfig: { NetworkMode: network.id, PortBindings: { '80/tcp': [{ HostPort: '' }] } },
      NetworkingConfig: { EndpointsConfig: { [network.id]: { Aliases: ['web'] } } },
    });
    try {
      await web.start();
      const host = { NetworkMode: network.id };
      const seen = await output(
        engine.docker,
        'busybox:latest',
        // The server may take a moment to listen.
        [
          'sh',
          '-c',
          'for i in $(seq 20); do timeout 3 wget -qO- http://web/ 2>/dev/null && exit; sleep 0.2; done',
        ],
        host,
      );
      expect(seen).to.equal('found\n');
      const port = (await web.inspect()).NetworkSettings.Ports['80/tcp']?.[0]?.HostPort;
      expect(await (await fetch(`http://localhost:${port}/`)).text()).to.equal('found\n');
    } finally {
      await web.remove({ force: true });
      await network.remove();
    }
  });

  it('makes python:3.11-slim, in which pip installs a local package without a network', async function () {
    const engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(engine.docker, ['python:3.11-slim']);
    const script = `mkdir /p && cd /p && echo 'def main(): print("installed")' >thing.py &&
      printf '[project]\\nname="thing"\\nversion="1"\\n[project.scripts]\\nthing="thing:main"\\n' >pyproject.toml &&
      pip install -q --root-user-action=ignore -e . --no-build-isolation --no-deps && python --version && thing`;
    const said = await output(engine.docker, 'python:3.11-slim', ['sh', '-c', script], {
      NetworkMode: 'none',
    });
    expect(said).to.match(/^Python 3\.11\.\d+\ninstalled\n$/);
  });

  it('gives every engine the same base image, to the byte', async function () {
    const old = await bed.orSkip(this, () => bed.engine('20-overlay2'));
    const recent = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    const ids = await Promise.all(
      [old, recent].map(async ({ docker }) => {
        await bed.baseImages(docker, ['busybox:latest']);
        return (await docker.getImage('busybox:latest').inspect()).Id;
      }),
    );
    expect(ids[0]).to.equal(ids[1]);
  });

  it('restarts an engine of one’s own, also after a crash, with its images', async function () {
    const engine = await bed.orSkip(this, () => bed.engine('28-containerd', { own: 'restart' }));
    try {
      await bed.baseImages(engine.docker, ['busybox:latest']);
      await engine.restart();
      await engine.restart('SIGKILL');
      expect(await engine.docker.listImages()).to.have.length(1);
      await engine.kill();
      const [error] = (await once(createConnection(engine.socket), 'error')) as [NodeJS.ErrnoException];
      expect(error.code).to.equal('ECONNREFUSED');
    } finally {
      await engine.stop();
    }
    expect(existsSync(engine.socket)).to.equal(false);
  });

  describe('a remote host', () => {
    let host: BedHost;
    const ssh = (user: string, script: string) =>
      command(['ssh', '-F', host.sshConfigFile, '-l', user, host.name, script]);

    before(async function () {
      const options = { engine: '20-overlay2', name: 'server', dataSize: '64m' } as const;
      host = await bed.orSkip(this, () => bed.host(options));
    });
    after(() => host?.stop());

    it('lets root use its engine over ssh', async () => {
      expect(await ssh('root', 'hostname; docker version --format {{.Server.Version}}')).to.match(
        /^server\n20\.10\./,
      );
    });

    it('lets one user use it by sudo only, and another not at all', async () => {
      await refused(ssh('sudoer', 'docker ps'), /permission denied/);
      expect(await ssh('sudoer', 'sudo -n docker ps -q')).to.equal('');
      await refused(ssh('guest', 'sudo -n docker ps'), /a password is required/);
    });

    it('reaches nothing but this machine', async () => {
      expect(await ssh('root', `ping -c1 -W2 ${host.gateway} >/dev/null && echo here`)).to.equal('here\n');
      await refused(ssh('root', 'ping -c1 -W2 198.51.100.1 2>&1'), /Network is unreachable/);
    });

    it('has a disk that fills up', async () => {
      const tooMuch = 'head -c 100M /dev/zero >/var/lib/docker/full; rm /var/lib/docker/full; exit 3';
      await refused(ssh('root', tooMuch), /No space left on device/);
    });

    it('has a link that counts, limits, and can be cut', async () => {
      const send = () =>
        command(['sh', '-c', `head -c 4M /dev/zero | ssh -F ${host.sshConfigFile} server 'cat >/dev/null'`]);
      await host.rate(40);
      const before = await host.bytes();
      const start = Date.now();
      await send();
      const megabits = (4 * 1024 * 1024 * 8) / 1000 / (Date.now() - start);
      expect(megabits).to.be.below(40);
      expect((await host.bytes()).sent - before.sent).to.be.within(4 * 1024 * 1024, 4.4 * 1024 * 1024);
      await host.rate(undefined);
      await host.cut();
      const impatient = ['ssh', '-F', host.sshConfigFile, '-o', 'ConnectTimeout=2', 'server', 'true'];
      await refused(command(impatient), /timed out|No route/);
      await host.mend();
      expect(await ssh('root', 'echo back')).to.equal('back\n');
    });
  });

  it('obeys lines of sshd_config, and leaves out Docker or its client', async function () {
    const [strict, bare] = await bed.orSkip(this, () =>
      Promise.all([
        bed.host({ engine: '28-overlay2', dockerClient: false, sshd: ['AllowTcpForwarding no'], port: 2222 }),
        bed.host({ engine: '26-overlay2', docker: false }),
      ]),
    );
    try {
      const ssh = (host: BedHost, ...rest: string[]) => command(['ssh', '-F', host.sshConfigFile, ...rest]);
      await refused(ssh(strict, '-W', 'localhost:22', host(strict)), /administratively prohibited/);
      await refused(ssh(strict, host(strict), 'docker ps'), /not found/);
      expect(await strict.docker.listContainers()).to.deep.equal([]);
      await refused(ssh(bare, host(bare), 'test -S /run/docker.sock'), /exit status 1/);
    } finally {
      await Promise.all([strict.stop(), bare.stop()]);
    }
  });

  it('joins two hosts, so that one is reached by way of the other', async function () {
    const bare = { engine: '20-overlay2', docker: false } as const;
    const [gate, inner] = await bed.orSkip(this, () =>
      Promise.all([bed.host({ ...bare, name: 'gate' }), bed.host({ ...bare, name: 'inner' })]),
    );
    try {
      const probe = ['ping', '-c1', '-W2', inner.address];
      await refused(gate.run(probe), /unreachable/);
      await bed.joinHosts(gate, inner);
      await gate.run(probe);
      await inner.run(['ping', '-c1', '-W2', gate.address]);
    } finally {
      await Promise.all([gate.stop(), inner.stop()]);
    }
  });

  it('serves a registry with TLS of a private authority and a password', async function () {
    const auth = { username: 'somebody', password: 'pass word' };
    const engine = await bed.orSkip(this, () => bed.engine('28-containerd'));
    const registry = await bed.registry({ auth, tls: true });
    try {
      await bed.baseImages(engine.docker, ['busybox:latest']);
      const [repo, tag] = [`${registry.address}/some/image`, '1'];
      await engine.docker.getImage('busybox:latest').tag({ repo, tag });
      const push = async (authconfig: object) => {
        const stream = await engine.docker.getImage(`${repo}:${tag}`).push({ authconfig });
        return text(stream);
      };
      expect(await push(auth)).to.match(/certificate signed by unknown authority/);
      await registry.trustedBy(engine);
      expect(await push({})).to.match(/no basic auth credentials/);
      expect(await push(auth)).to.match(/digest: sha256:/);
      await engine.docker.getImage(`${repo}:${tag}`).remove();
    } finally {
      await registry.stop();
    }
  });

  it('has a docker command line with buildx, which reaches the engine that the environment names', async function () {
    const engine = await bed.orSkip(this, () => bed.engine('26-containerd'));
    const docker = (...args: string[]) =>
      bed.dockerCli().then((path) => command([path, ...args], { env: engine.env }));
    const versions = await docker('version', '--format', '{{.Client.Version}} {{.Server.Version}}');
    expect(versions).to.match(/^28\.5\S* 26\.1\S*\n$/);
    expect(await docker('buildx', 'version')).to.match(/buildx 0\.\d+/);
  });

  it('runs programs in a terminal: size, keys, exit status', async function () {
    const terminal = await bed.orSkip(this, () => bed.pty(['sh'], { columns: 91, rows: 31 }));
    try {
      await terminal.waitFor(/^#$/m); // what is typed before the prompt is there may stand in front of it
      await terminal.type('stty size\r');
      await terminal.waitFor(/^31 91$/m);
      await terminal.resize(71, 21);
      await terminal.type('stty size\r');
      await terminal.waitFor(/^21 71$/m);
      await terminal.type("echo a''sleep; sleep 1000\r");
      await terminal.waitFor(/^asleep$/m);
      await terminal.keys('C-c');
      await terminal.waitFor(/\^C\n+#$/m); // what is typed before the prompt is back, the signal throws away
      await terminal.type('exit 7\r');
      expect(await terminal.exit()).to.deep.equal({ status: 7 });
    } finally {
      await terminal.close();
    }
  });

  it('leaves nothing behind: no process, mount, link, control group, rule', async function () {
    await bed.orSkip(this, () => bed.engine('20-overlay2'));
    // A bed of its own, on the same cache: the shared one may be in use.
    const top = mkdtempSync(join(tmpdir(), 'bed-'));
    mkdirSync(folders.cache, { recursive: true });
    symlinkSync(folders.cache, join(top, 'cache'));
    const env = { ...process.env, GULP_DOCKERUTILS_BED: top };
    const tsx = ['--import', 'tsx'];
    const script = join(import.meta.dirname, 'bed-left-running.ts');
    const id = execFileSync(process.execPath, [...tsx, script], { env, encoding: 'utf8' }).trim();
    expect(traces(top, id)).to.include.members(['process', 'link', 'control group']);
    execFileSync(process.execPath, [...tsx, join(import.meta.dirname, '../bed/main.ts'), 'down'], { env });
    expect(traces(top, id)).to.deep.equal([]);
    expect(existsSync(join(top, 'run'))).to.equal(false);
    await command(['rm', '-rf', '--', top]);
  });
});

const host = (of: BedHost) => of.name;

/** What of a bed can be seen on this machine, by the names that its folder and its id give to everything. */
function traces(top: string, id: string): string[] {
  const sources = {
    process: 'cat /proc/[0-9]*/cmdline 2>/dev/null | tr "\\0" " "',
    mount: 'cat /proc/mounts',
    link: 'ls /sys/class/net',
    'control group': 'find /sys/fs/cgroup -maxdepth 2',
    rule: 'iptables-save 2>/dev/null || true',
  };
  return Object.entries(sources)
    .filter(([, script]) => {
      const said = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
      return said.includes(top) || said.includes(id);
    })
    .map(([name]) => name);
}

async function output(
  docker: Docker,
  image: string,
  cmd: string[],
  hostConfig: object = {},
): Promise<string> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: cmd,
    Tty: true,
    HostConfig: hostConfig,
  });
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true, hijack: true });
    const said = text(stream);
    await container.start();
    await container.wait();
    return (await said).replaceAll('\r\n', '\n');
  } finally {
    await container.remove({ force: true });
  }
}

async function refused(attempt: Promise<unknown>, pattern: RegExp): Promise<void> {
  const message = await attempt.then(
    () => 'it went through',
    (error: Error) => error.message,
  );
  expect(message).to.match(pattern);
}

async function text(stream: NodeJS.ReadableStream): Promise<string> {
  let all = '';
  for await (const chunk of stream) all += chunk.toString();
  return all;
}
