import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { carryOutBuild, planBuild, readRecipe } from '../../../lib/build/index.js';
import { anything } from '../../../lib/engine/client/shape.js';
import { connectBySystemSsh } from '../../../lib/engine/connect/ssh/program/system.js';
import { Container } from '../../../lib/engine/containers/container.js';
import { createContainer } from '../../../lib/engine/containers/create.js';
import { listImages } from '../../../lib/engine/images/names.js';
import {
  type Engine,
  openEngine,
  type OpenOptions,
  resolveEngineAddress,
} from '../../../lib/engine/index.js';
import { describeImage, loadProject } from '../../../lib/project/index.js';
import { copyOutput } from '../../../lib/run/streams/output.js';
import { UserError } from '../../../lib/text/user-error.js';
import { bed, type BedHost, type Pty } from '../../bed/index.js';
import { quietMeans } from '../../means.js';
import { compiled } from '../../program.js';
import { randomBytes } from '../../seed.js';
import { RecordingReport } from '../build/workshop.js';
import { project } from '../tasks/gulp.js';
import { implementations, type SshHome, sshHome } from './ssh-home.js';

const version = (engine: Engine) => engine.client.json('GET', '/version', anything);

for (const [implementation, connectSsh] of Object.entries(implementations)) {
  describe(`an engine over ssh, by ${implementation}`, function () {
    this.timeout(600_000);
    let host: BedHost;
    let home: SshHome;
    const opened: Engine[] = [];
    /** Whether logins are kept by processes of their own. */
    const ownMaster = connectSsh === connectBySystemSsh;

    before(async function () {
      this.timeout(600_000);
      host = await bed.orSkip(this, () => bed.host({ engine: '28-overlay2', name: 'near', port: 2222 }));
      await bed.baseImages(host.docker, ['busybox:latest']);
    });
    after(() => host?.stop());
    beforeEach(async () => (home = await sshHome(host)));
    afterEach(async () => {
      for (const engine of opened.splice(0)) await engine.close();
      await home.remove();
    });

    const at = (user: string, machine = host) => `ssh://${user}@${machine.address}:${machine.port}`;

    async function open(name: string, options: OpenOptions = {}): Promise<Engine> {
      const address = resolveEngineAddress({ host: name, env: home.env });
      const engine = await openEngine(address, { env: home.env, connectSsh, timeout: 5_000, ...options });
      opened.push(engine);
      return engine;
    }

    async function refusal(promise: Promise<unknown>): Promise<UserError> {
      const error = await promise.then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error).to.be.instanceOf(UserError);
      expect((error as UserError).message).to.not.contain('\n');
      return error as UserError;
    }

    it('tells what it is, and answers many calls over one login', async () => {
      const logins = async () => (await host.sshdLog()).split('Accepted publickey').length - 1;
      const before = await logins();
      const engine = await open(at('root'));
      expect(await engine.facts()).to.include({ store: 'graphdriver', buildkit: true });
      const started = performance.now();
      for (let i = 0; i < 20; i++) await version(engine);
      console.log(`      ${((performance.now() - started) / 20).toFixed(1)} ms a call`);
      await Promise.all(Array.from({ length: 8 }, () => version(engine)));
      expect((await logins()) - before).to.equal(1);
    });

    it('carries a build, whose engine asks back for files', async () => {
      const engine = await open(at('root'));
      await using made = await project(
        { 'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY word /\nRUN cat /word\n', word: 'carried\n' },
        'far',
      );
      const image = describeImage(loadProject({ root: made.folder }), 'app', { remote: true, tag: 'ssh' });
      const far = loadProject({ root: made.folder });
      const plan = planBuild({ project: far, recipe: readRecipe(far, image) });
      const report = new RecordingReport();
      const { sent } = await carryOutBuild(plan, quietMeans(engine, { report }));
      expect(sent.files).to.equal(1);
      expect(report.lines.join('\n')).to.contain('carried');
    });

    it('carries a hijacked stream to the byte, with its end of input', async () => {
      const engine = await open(at('root'));
      const { id } = await createContainer(engine, {
        Image: 'busybox:latest',
        Cmd: ['sh', '-c', 'cat; exit 7'],
        OpenStdin: true,
        StdinOnce: true,
        AttachStdin: true,
        AttachStdout: true,
        HostConfig: { NetworkMode: 'none', AutoRemove: true },
      });
      const container = new Container(engine, id);
      const stream = await container.attach({ stdin: true, stdout: true, stderr: false });
      const { status } = await container.watchExit('next-exit', new AbortController().signal);
      const received = createHash('sha256');
      const stdout = new Writable({ write: (chunk: Buffer, _, done) => (received.update(chunk), done()) });
      const copied = copyOutput(stream, { stdout, stderr: process.stderr }, true);
      await container.start();
      const sent = createHash('sha256');
      for (let i = 0; i < 16; i++) {
        const chunk = randomBytes(1 << 20);
        sent.update(chunk);
        if (!stream.write(chunk)) await once(stream, 'drain');
      }
      stream.end();
      await copied;
      expect(await status).to.equal(7);
      expect(received.digest('hex')).to.equal(sent.digest('hex'));
    });

    it('runs programs there with every word as it is, and their exit status', async () => {
      const { ssh } = await open(at('root'));
      const words = ["it's", '$HOME', '`id`', '*', '', ' a  b ', 'ü\n;'];
      const program = await ssh!.exec([
        'sh',
        '-c',
        'printf "%s|" "$@"; cat; echo oops >&2; exit 7',
        'sh',
        ...words,
      ]);
      program.stdin.end('input');
      const [output, errors, status] = await Promise.all([
        text(program.stdout),
        text(program.stderr),
        program.exit,
      ]);
      expect({ output, errors, status }).to.deep.equal({
        output: `${words.map((word) => `${word}|`).join('')}input`,
        errors: 'oops\n',
        status: 7,
      });
    });

    it('goes on with the others where one program is killed there', async () => {
      const { ssh } = await open(at('root'));
      const other = await ssh!.exec(['cat']);
      const killed = await ssh!.exec(['sh', '-c', 'kill -KILL $$']);
      killed.stdout.resume();
      killed.stderr.resume();
      // The ssh program does not tell the signal to those who share its login.
      expect(await killed.exit).to.equal(ownMaster ? 255 : 137);
      other.stdin.end('still here');
      expect(await text(other.stdout)).to.equal('still here');
      expect(await other.exit).to.equal(0);
    });

    it('is used with sudo -n where the user may not use the socket', async () => {
      const engine = await open(at(host.users.sudo));
      expect((await listImages(engine)).length).to.be.above(0);
    });

    it('is one sentence for a user who may neither', async () => {
      const error = await refusal(open(at(host.users.none)));
      expect(error.code).to.equal('ENGINE_PERMISSION');
      expect(error.message).to.contain('group "docker"').and.contain('sudo -n');
    });

    if (ownMaster) {
      it('goes over a login that the user keeps open, and leaves it open', async () => {
        const control = join(home.folder, 'c');
        await home.configure(
          `IdentityFile ${host.identityFile}\nControlPath ${control}\nControlMaster auto\nControlPersist 60\nServerAliveInterval 5`,
        );
        const flags = ['-p', String(host.port), '-l', 'root'];
        const ssh = (...argv: string[]) =>
          execFileSync('ssh', [...flags, ...argv], { env: home.env, stdio: 'ignore' });
        ssh(host.address, 'true');
        try {
          await writeFile(home.knownHostsFile, '');
          const engine = await open(at('root'));
          await version(engine);
          await engine.close();
          ssh('-O', 'check', host.address);
        } finally {
          ssh('-O', 'exit', host.address);
        }
      });
    }

    it('closed leaves no process, login or folder behind, even those of a process that was killed', async () => {
      const logins = async () =>
        (await commandLines()).filter(
          (words) => /\bssh$/.test(words[0] ?? '') && words.includes(host.address),
        );
      const temporary = join(home.folder, 'tmp');
      await mkdir(join(temporary, 'dockerutils-0123456789ab'), { recursive: true });
      const saved = process.env.TMPDIR;
      process.env.TMPDIR = temporary;
      try {
        const engine = await open(at('root'));
        await version(engine);
        if (ownMaster) expect(await logins()).not.to.deep.equal([]);
        await engine.close();
        if (ownMaster) expect(await readdir(temporary)).to.deep.equal([]);
      } finally {
        if (saved === undefined) delete process.env.TMPDIR;
        else process.env.TMPDIR = saved;
      }
      expect(await logins()).to.deep.equal([]);
    });

    it('that is stopped is one sentence, then and later', async () => {
      const engine = await open(at('root'));
      await host.stopEngine();
      try {
        const later = await refusal(version(engine));
        expect(later.code).to.be.oneOf(['NO_ENGINE', 'ENGINE_LOST']);
        const then = await refusal(open(at('root')));
        expect(then.code).to.equal('NO_ENGINE');
      } finally {
        await host.restartEngine();
      }
      await version(engine);
    });

    it('on a dead link fails within the time that was set, and works again when the link does', async () => {
      const engine = await open(at('root'), { deadAfter: 3_000 });
      await version(engine);
      await host.cut();
      const started = performance.now();
      try {
        const error = await refusal(version(engine));
        expect(error.code, error.message).to.be.oneOf(['SSH_LOST', 'ENGINE_LOST']);
        expect(performance.now() - started).to.be.below(60_000);
        expect((await refusal(version(engine))).code).to.equal('SSH_UNREACHABLE');
      } finally {
        await host.mend();
      }
      await version(engine);
    });

    describe('host keys', () => {
      let key: string;
      beforeEach(async () => {
        key = (await readFile(home.knownHostsFile, 'utf8')).trim().split(' ').slice(1, 3).join(' ');
      });
      const name = () => `[${host.address}]:${host.port}`;
      const another = () => {
        const blob = Buffer.from(key.split(' ')[1]!, 'base64');
        blob[blob.length - 1]! ^= 1;
        return `ssh-ed25519 ${blob.toString('base64')}`;
      };

      const accepted: Record<string, () => string> = {
        'by name and port': () => `${name()} ${key}`,
        'among others': () => `other ${another()}\nx,${name()},y ${key}`,
        'by a pattern': () => `[*]:${host.port} ${key}`,
        'without its port': () => `${host.address} ${key}`,
        'beside another one': () => `${name()} ${another()}\n${name()} ${key}`,
      };
      for (const [how, known] of Object.entries(accepted)) {
        it(`are accepted where they are known ${how}`, async () => {
          await writeFile(home.knownHostsFile, `${known()}\n`);
          await open(at('root'));
        });
      }

      it('are accepted where they are known by a hashed name', async () => {
        execFileSync('ssh-keygen', ['-q', '-H', '-f', home.knownHostsFile], { stdio: 'ignore' });
        expect(await readFile(home.knownHostsFile, 'utf8')).not.to.contain(host.address);
        await open(at('root'));
      });

      it('are accepted where they are known by a HostKeyAlias', async () => {
        await writeFile(home.knownHostsFile, `the-box ${key}\n`);
        await home.configure(`IdentityFile ${host.identityFile}\nHostKeyAlias the-box`);
        await open(at('root'));
      });

      const refused: Record<string, { known: () => string; says: RegExp }> = {
        'not known': { known: () => '', says: /not known/ },
        'known for another machine': { known: () => `192.0.2.1 ${key}`, says: /not known/ },
        changed: { known: () => `${name()} ${another()}`, says: /not the one in known_hosts.*ssh-keygen -R/ },
        revoked: { known: () => `${name()} ${key}\n@revoked * ${key}`, says: /revoked/ },
      };
      for (const [how, { known, says }] of Object.entries(refused)) {
        it(`${how} are refused in one sentence`, async () => {
          await writeFile(home.knownHostsFile, `${known()}\n`);
          await home.configure(`IdentityFile ${host.identityFile}\nBatchMode yes`);
          const error = await refusal(open(at('root')));
          expect(error.code).to.equal('SSH_HOST_KEY');
          expect(error.message).to.match(says);
          expect((await readFile(home.knownHostsFile, 'utf8')).trim()).to.equal(known());
        });
      }

      it('that are not known are accepted and remembered where new ones are', async () => {
        await writeFile(home.knownHostsFile, '');
        await open(at('root'), { acceptNew: true });
        expect(await readFile(home.knownHostsFile, 'utf8')).to.contain(`${name()} ${key}`);
        await open(at('root'));
      });

      it('that have changed are refused even where new ones are accepted', async () => {
        await writeFile(home.knownHostsFile, `${name()} ${another()}\n`);
        expect((await refusal(open(at('root'), { acceptNew: true }))).code).to.equal('SSH_HOST_KEY');
      });
    });

    describe('logging in', () => {
      it('works with the key of SSH_KEY', async () => {
        await home.configure('');
        home.env.SSH_KEY = host.identityFile;
        await open(at('root'));
      });

      it('is one sentence with a SSH_KEY that is not there', async () => {
        home.env.SSH_KEY = '/nonexistent/key';
        expect((await refusal(open(at('root')))).message)
          .to.contain('SSH_KEY')
          .and.contain('/nonexistent/key');
      });

      it('is one sentence with no right key', async () => {
        const wrong = join(home.folder, 'wrong');
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', wrong]);
        await home.configure(`IdentityFile ${wrong}`);
        const error = await refusal(open(at('root')));
        expect(error.code).to.equal('SSH_DENIED');
        expect(error.message).to.contain('SSH_KEY');
      });

      for (const only of [false, true]) {
        it(`works by an agent${only ? ', with IdentitiesOnly' : ''}`, async () => {
          const key = join(home.folder, 'key');
          await copyFile(host.identityFile, key);
          await copyFile(`${host.identityFile}.pub`, `${key}.pub`);
          const socket = join(home.folder, 'agent');
          const agent = execFileSync('ssh-agent', ['-a', socket, '-s'], { encoding: 'utf8' });
          try {
            const env = { ...home.env, SSH_AUTH_SOCK: socket };
            execFileSync('ssh-add', ['-q', key], { env, stdio: 'ignore' });
            execFileSync('ssh-keygen', ['-q', '-p', '-f', key, '-P', '', '-N', 'never told']);
            await home.configure(only ? `IdentitiesOnly yes\nIdentityFile ${key}` : '');
            home.env.SSH_AUTH_SOCK = socket;
            await open(at('root'));
          } finally {
            process.kill(Number(/SSH_AGENT_PID=(\d+)/.exec(agent)![1]));
          }
        });
      }

      describe('with a key that has a passphrase', () => {
        let terminal: Pty;
        beforeEach(async () => {
          const key = join(home.folder, 'key');
          await copyFile(host.identityFile, key);
          execFileSync('ssh-keygen', ['-q', '-p', '-f', key, '-P', '', '-N', 'hunter2 hunter2']);
          await home.configure(`IdentityFile ${key}`);
          const program = compiled('test/e2e/engine/log-in.ts');
          const argv = [process.execPath, program, implementation, at('root')];
          terminal = await bed.pty(argv, { env: home.env, columns: 200 });
        });
        afterEach(() => terminal.close());

        it('asks for it on the terminal, which is given up for that, and does not show it', async () => {
          await terminal.waitFor(/passphrase for .*key/i);
          await terminal.type('hunter2 hunter2');
          await terminal.keys('Enter');
          const screen = await terminal.waitFor(/engine 28/);
          expect(screen)
            .to.match(/suspended[^]*assphrase[^]*resumed[^]*engine/)
            .and.not.contain('hunter2');
        });

        it('asks again after a wrong one, and says in one sentence that nothing was accepted', async () => {
          for (let attempt = 1; attempt <= 3; attempt++) {
            await terminal.waitFor(new RegExp(`(passphrase for [^]*){${attempt}}`, 'i'));
            await terminal.type('wrong');
            await terminal.keys('Enter');
          }
          expect(await terminal.waitFor(/none of your keys/)).not.to.contain('wrong');
        });
      });

      it('works by an alias of ssh_config', async () => {
        await home.configure(
          `Host box\n  HostName ${host.address}\n  Port ${host.port}\n  User root\n  IdentityFile ${host.identityFile}`,
        );
        await open('box');
      });

      it('works through another machine, by ProxyJump', async () => {
        await home.configure(
          `IdentityFile ${host.identityFile}\nHost inner\n  HostName 127.0.0.1\n  Port ${host.port}\n  User root\n` +
            `  ProxyJump ${host.users.none}@${host.address}:${host.port}\n  HostKeyAlias inner`,
        );
        const key = (await readFile(home.knownHostsFile, 'utf8')).trim().split(' ').slice(1, 3).join(' ');
        await writeFile(home.knownHostsFile, `[${host.address}]:${host.port} ${key}\ninner ${key}\n`);
        expect((await (await open('inner')).facts()).version).to.match(/^28/);
      });

      it('is one sentence at a port where nobody listens, and at a name that nobody has', async () => {
        const closed = await refusal(open(`ssh://root@${host.address}:2`));
        expect(closed.code).to.equal('SSH_UNREACHABLE');
        expect(closed.message).to.contain('Nobody listens');
        const unknown = await refusal(open('ssh://root@no-such-host.invalid'));
        expect(unknown.message).to.contain('not known');
      });

      it('is one sentence, in time, at a machine that does not answer', async () => {
        await host.cut();
        try {
          const started = performance.now();
          expect((await refusal(open(at('root'), { timeout: 2_000 }))).code).to.equal('SSH_UNREACHABLE');
          expect(performance.now() - started).to.be.below(60_000);
        } finally {
          await host.mend();
        }
      });
    });
  });

  describe(`an engine over ssh without a docker client there, by ${implementation}`, function () {
    this.timeout(600_000);
    const hosts: BedHost[] = [];
    let home: SshHome | undefined;
    afterEach(async () => {
      await home?.remove();
      for (const host of hosts.splice(0)) await host.stop();
    });

    async function reach(host: BedHost, user: string): Promise<Engine> {
      hosts.push(host);
      home = await sshHome(host);
      const address = resolveEngineAddress({ host: `${user}@${host.address}`, env: home.env });
      return openEngine(address, { env: home.env, connectSsh, timeout: 5_000 });
    }

    it('is reached by a forwarded socket', async function () {
      const host = await bed.orSkip(this, () => bed.host({ engine: '20-overlay2', dockerClient: false }));
      const engine = await reach(host, 'root');
      expect((await engine.facts()).version).to.match(/^20\.10/);
      await engine.close();
    });

    const failures = {
      'that forwards no sockets': {
        options: { dockerClient: false, sshd: ['AllowStreamLocalForwarding no'] },
        code: 'NO_ENGINE',
        says: /no docker client, socat or python3.*AllowStreamLocalForwarding/,
      },
      'and without an engine': {
        options: { docker: false },
        code: 'NO_ENGINE',
        says: /not running.*start Docker/,
      },
    };
    for (const [what, { options, code, says }] of Object.entries(failures)) {
      it(`${what} is one sentence`, async function () {
        const host = await bed.orSkip(this, () => bed.host({ engine: '20-overlay2', ...options }));
        const error = await reach(host, 'root').then(
          () => undefined,
          (reason: UserError) => reason,
        );
        expect(error?.code, error?.message).to.equal(code);
        expect(error?.message).to.match(says).and.not.contain('\n');
      });
    }
  });
}

/** The words of every process of this machine. */
async function commandLines(): Promise<string[][]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  // Those that have ended meanwhile have no words.
  const read = (name: string) => readFile(`/proc/${name}/cmdline`, 'utf8').catch(() => '');
  return (await Promise.all(names.map(read))).map((text) => text.split('\0'));
}
