import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import fc from 'fast-check';
import { split } from 'shlex';
import { commandLine, parseRun, parseRunLine, shellQuote } from '../../../../lib/run/flags/index.js';
import { readVolume, toBind } from '../../../../lib/run/flags/volume.js';
import { UserError } from '../../../../lib/text/user-error.js';
import type { Word } from '../../../../lib/text/word.js';
import { allCases } from '../../../oracle/run-flags/cases.js';
import { onPlatform } from '../../../platform.js';
import { refusal } from '../../flags/refusal.js';

const run = (...flags: string[]) => parseRun({ flags, image: 'img' }, { environment: {} });

describe('parseRun', () => {
  it('puts image and command into the body, whatever they look like', () => {
    const { body } = parseRun({ flags: ['-i'], image: 'img:1', command: ['--rm', '-e', 'A=b'] });
    expect(body).to.deep.include({ Image: 'img:1', Cmd: ['--rm', '-e', 'A=b'], OpenStdin: true, Env: null });
  });

  it('tells what is left to the client', () => {
    const flags = [
      '-it',
      '--rm',
      '-q',
      '--pull=never',
      '--cidfile',
      'id',
      '--detach-keys',
      'ctrl-x',
      '--sig-proxy=false',
    ];
    expect(run(...flags).client).to.deep.equal({
      attach: { stdin: true, stdout: true, stderr: true },
      interactive: true,
      tty: true,
      detach: false,
      detachKeys: 'ctrl-x',
      sigProxy: false,
      cidfile: 'id',
      pull: 'never',
      rm: true,
      quiet: true,
      disableContentTrust: true,
      useApiSocket: false,
    });
    expect(run('-d', '-i').client).to.deep.include({
      attach: { stdin: false, stdout: false, stderr: false },
      detach: true,
      interactive: true,
      sigProxy: true,
      pull: 'missing',
    });
  });

  it('has name and platform in the query', () => {
    expect(run('--name', 'web', '--platform', 'linux/x86_64').query).to.deep.equal({
      name: 'web',
      platform: 'linux/amd64',
    });
    const environment = { DOCKER_DEFAULT_PLATFORM: 'linux/arm64' };
    expect(parseRun({ flags: [], image: 'img' }, { environment }).query).to.deep.equal({
      platform: 'linux/arm64',
    });
    expect(run('--platform', 'linux').query.platform).to.match(/^linux\/\w+$/);
  });

  it('takes bare variables from the environment that it is given', () => {
    const environment = { HERE: 'a b', EMPTY: '' };
    const { body } = parseRun(
      { flags: ['-e', 'HERE', '-e', 'EMPTY', '-e', 'GONE'], image: 'img' },
      { environment },
    );
    expect(body.Env).to.deep.equal(['HERE=a b', 'EMPTY=', 'GONE']);
  });

  it('reads the files that flags name through the reader, by absolute paths', () => {
    const files = new Map([
      [resolve('/project/conf/a.env'), 'A=1\nHERE\n'],
      [resolve('/project/labels'), 'x=y\n'],
      [resolve('/etc/seccomp.json'), '{ "a": [ 1 ] }'],
    ]);
    const { body } = parseRun(
      {
        flags: [
          '--env-file',
          'conf/a.env',
          '--label-file=labels',
          '--security-opt',
          'seccomp=/etc/seccomp.json',
        ],
        image: 'img',
      },
      { directory: '/project', environment: { HERE: 'h' }, readFile: (path) => files.get(path)! },
    );
    expect(body.Env).to.deep.equal(['A=1', 'HERE=h']);
    expect(body.Labels).to.deep.equal({ x: 'y' });
    expect(body.HostConfig.SecurityOpt).to.deep.equal(['seccomp={"a":[1]}']);
  });

  it('reads files of this machine by itself', () => {
    const folder = mkdtempSync(join(tmpdir(), 'run-flags-'));
    writeFileSync(join(folder, 'x.env'), '\uFEFFA=é\r\n# no\r\n');
    const { body } = parseRun({ flags: ['--env-file=x.env'], image: 'img' }, { directory: folder });
    rmSync(folder, { recursive: true });
    expect(body.Env).to.deep.equal(['A=é']);
  });

  it('makes paths that begin with a dot absolute, and leaves names alone', () => {
    const flags = ['-v', './src:/src:ro', '-v', 'cache:/cache', '--mount', 'type=bind,src=../x,dst=/x'];
    const { HostConfig } = parseRun({ flags, image: 'img' }, { directory: '/home/joe/project' }).body;
    expect(HostConfig.Binds).to.deep.equal([`${resolve('/home/joe/project/src')}:/src:ro`, 'cache:/cache']);
    expect(HostConfig.Mounts).to.deep.equal([{ Type: 'bind', Source: resolve('/home/joe/x'), Target: '/x' }]);
  });

  it('refuses a volume of one letter, as engines do', () => {
    for (const text of ['x:/y', 'x:/y:ro']) {
      expect(refusal(() => run('-v', text)).message).to.include('create x: volume name is too short');
    }
    expect(refusal(() => run('-v', 'C:/work:/y')).message).to.include('Windows paths');
  });

  it('refuses a Windows path, and says what to write', () => {
    expect(refusal(() => run('-v', 'C:\\work:/work')).message).to.include('Windows paths cannot be mounted');
  });

  it('hands a Windows path on to an engine of a Windows machine, as it is, and to no other', () =>
    onPlatform('win32', () => {
      const bind = (path: string, endpoint?: string) =>
        parseRun({ flags: ['-v', path], image: 'img' }, { endpoint }).body.HostConfig.Binds;
      const here = 'npipe:////./pipe/docker_engine';
      for (const path of ['C:\\work:/app', 'c:/work dir:/app:ro', '\\\\server\\share:/app', '/c/work:/app'])
        expect(bind(path, here)).to.deep.equal([path]);
      expect(
        parseRun({ flags: ['-v', 'C:\\work:/app'], image: 'img' }, { endpoint: here }).body.Volumes,
      ).to.deep.equal({});
      for (const endpoint of ['ssh://server', 'tcp://server:2375', undefined])
        expect(() => bind('C:\\work:/app', endpoint)).to.throw('Windows paths cannot be mounted');
      expect(() => bind('/work:C:\\app', here)).to.throw('Windows paths cannot be mounted');
    }));

  it('refuses a folder beside the project where that is one of Windows, and the engine elsewhere', () =>
    onPlatform('win32', () => {
      const text = './src:/app';
      const bind = (endpoint: string) =>
        toBind(text, readVolume(text, endpoint), () => 'C:\\work\\src', endpoint);
      expect(bind('npipe:////./pipe/docker_engine')).to.equal('C:\\work\\src:/app');
      expect(() => bind('ssh://server')).to.throw(
        'invalid spec: ./src:/app: the engine at ssh://server knows no C:\\work\\src',
      );
    }));

  it('hands the path of a --mount on as it is, as the docker CLI does', () =>
    onPlatform('win32', () => {
      const mounts = (...flags: string[]) =>
        parseRun({ flags, image: 'img' }, { endpoint: 'npipe:////./pipe/docker_engine' }).body.HostConfig
          .Mounts;
      for (const source of ['C:\\work', 'c:/work dir', '\\\\server\\share', '/c/work'])
        expect(mounts('--mount', `type=bind,source=${source},target=/app`)).to.deep.equal([
          { Type: 'bind', Source: source, Target: '/app' },
        ]);
    }));

  it('names the line of run.cfg for a fault that shows only when all flags are known', () => {
    const at = (line: number, text: string): Word => ({ text, origin: { file: 'docker/run.cfg', line } });
    const message = (...flags: Word[]) => refusal(() => parseRun({ flags, image: 'img' })).message;
    expect(message(at(3, '-p'), at(4, '80:http'))).to.equal('docker/run.cfg:4: invalid containerPort: http');
    expect(message(at(3, '--memory=lots'))).to.equal(
      `docker/run.cfg:3: invalid argument "lots" for "-m, --memory" flag: invalid size: 'lots'`,
    );
    expect(message(at(3, '--rm'), at(9, '--restart=always'))).to.match(
      /^docker\/run\.cfg:9: conflicting options/,
    );
    expect(message(at(3, '--env-file=gone'))).to.equal(
      'docker/run.cfg:3: open gone: no such file or directory',
    );
    expect(message(at(3, '--network=a'), at(4, '--network=a'))).to.match(/^docker\/run\.cfg:4: network "a"/);
    expect(message(at(3, '--rm'), at(5, 'img'))).to.match(/^docker\/run\.cfg:5: "img" is no flag/);
    expect(refusal(() => parseRun({ flags: [], image: at(8, 'IMG') })).message).to.match(
      /^docker\/run\.cfg:8: .*lowercase/,
    );
  });

  it('fails as a UserError with the exit status that docker has', () => {
    const error = refusal(() => run('--nope'));
    expect(error).to.be.instanceOf(UserError);
    expect(error).to.include({ code: 'UNKNOWN_FLAG', exitStatus: 125, showStack: false });
  });

  it('shows no secret of a word that it refuses', () => {
    const secrets = [
      '--mount=type=volume,dst=/x,my-password=hunter2',
      '--volume=DB_PASSWORD=hunter2:',
      '--sysctl=password=hunter2',
    ];
    for (const flag of secrets) expect(refusal(() => run(flag)).message, flag).not.to.include('hunter2');
  });

  it('asks an older engine for nothing that it does not know', () => {
    const older = (...flags: string[]) => parseRun({ flags, image: 'img' }, { apiVersion: '1.41' });
    expect(refusal(() => older('--annotation', 'a=b')).code).to.equal('UNSUPPORTED_FLAG');
    expect(older('--kernel-memory=64m').body.HostConfig.KernelMemory).to.equal(64 * 1024 ** 2);
    expect(run('--kernel-memory=64m').body.HostConfig).not.to.have.property('KernelMemory');
  });

  it('mounts the socket of an engine on this machine, and of no other', () => {
    const flags = ['--use-api-socket'];
    const { body } = parseRun({ flags, image: 'img' }, { endpoint: 'unix:///run/docker.sock' });
    expect(body.HostConfig.Mounts?.[0]).to.include({
      Source: '/run/docker.sock',
      Target: '/var/run/docker.sock',
    });
    expect(refusal(() => parseRun({ flags, image: 'img' }, { endpoint: 'ssh://h' })).code).to.equal(
      'UNSUPPORTED_FLAG',
    );
  });
});

describe('the command line of a run', () => {
  const options = { directory: '/', environment: {}, readFile: () => '' };
  const outcome = (words: readonly string[]) => {
    try {
      return { request: parseRunLine(words, options) };
    } catch (error) {
      return { refused: (error as Error).message };
    }
  };

  /** The words that a shell makes of a line, in which printf writes control characters. */
  const pasted = (words: readonly string[]) => {
    const line = words.map(shellQuote).join(' ');
    const written = (_: string, bytes: string) =>
      `"${Buffer.from(
        bytes
          .split('\\')
          .slice(1)
          .map((byte) => parseInt(byte, 8)),
      ).toString()}"`;
    return split(line.replace(/"\$\(printf '([\\\d]+)'\)"/g, written));
  };

  it('reads as the same request again, for every line of the oracle', () => {
    for (const { words } of allCases()) {
      const { request } = outcome(words);
      if (!request) continue;
      expect(parseRunLine(pasted(request.words), options)).to.deep.equal(request);
    }
  });

  it('reads as the same request again, whatever the values', () => {
    const value = fc.string({ unit: 'grapheme', maxLength: 20 }).map((text) => text.replaceAll('\0', ''));
    const flag = fc
      .tuple(fc.constantFrom('-e', '-l', '--hostname', '--health-cmd', '--tmpfs'), value)
      .map(([name, text]) => [name, `k=${text}`]);
    fc.assert(
      fc.property(fc.array(flag, { maxLength: 6 }), fc.array(value, { maxLength: 4 }), (flags, command) => {
        const request = parseRun({ flags: flags.flat(), image: 'img', command }, options);
        expect(parseRunLine(pasted(request.words), options)).to.deep.equal(request);
      }),
      { numRuns: 300 },
    );
  });

  it('is printed without secrets', () => {
    const { words } = parseRun({
      flags: ['-e', 'API_KEY=hunter2', '-p', '80:80'],
      image: 'img',
      command: ['sh', '-c', 'a b'],
    });
    expect(commandLine(['docker', 'run', ...words])).to.equal(
      "docker run -e API_KEY=*** -p 80:80 img sh -c 'a b'",
    );
  });
});
