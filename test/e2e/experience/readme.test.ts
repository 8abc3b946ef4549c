import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { bed, type BedEngine, type BedHost } from '../../bed/index.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';
import { packInto } from '../packed.js';

const execute = promisify(execFile);
const repository = fileURLToPath(new URL('../../..', import.meta.url));

describe('README.md, literally', () => {
  let engine: BedEngine;
  let host: BedHost;
  let home: SshHome;
  let parent: string;
  before(async function () {
    this.timeout(900_000);
    engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(engine.docker, ['python:3.11-slim']);
    host = await bed.orSkip(this, () => bed.host({ engine: '28-overlay2', name: 'readme', docker: true }));
    home = await sshHome(host);
    await home.configure(`Host server\n  HostName ${host.address}\n  IdentityFile ${host.identityFile}\n`);
    parent = await mkdtemp(join(tmpdir(), 'gulp-dockerutils-readme-'));
  });
  after(async () => {
    await rm(parent, { recursive: true, force: true });
    await home.remove();
    await host.stop();
  });

  it('brings somebody from an empty folder to an image that is built, run and sent', async function () {
    this.timeout(1_800_000); // npm installs twice, and a dozen programs start
    const commands = await startCommands();
    expect(commands).to.have.length.above(4);
    const tarball = await packInto(parent);
    // The base image of a project of no known kind, without a network.
    const base = engine.docker.getImage('python:3.11-slim');
    await base.tag({ repo: 'debian', tag: 'stable-slim' });
    const folder = join(parent, 'hello');
    await mkdir(folder);
    const env = { ...home.env, ...engine.env, PATH: home.env.PATH, LOGNAME: 'ada', LANG: 'C.UTF-8' };
    let said = '';
    for (const command of commands) {
      const here = command
        .replace('--save-dev gulp gulp-dockerutils', `--save-dev gulp ${tarball}`)
        .replace('ada@server', 'root@server');
      const ended = await execute('sh', ['-c', here], { cwd: folder, env });
      said += ended.stdout + ended.stderr;
    }
    expect(said).to.match(
      /wrote docker\/app\/Dockerfile[^]*✔ build app {2}hello-app:ada[^]*docker run [^]*✔ transfer/,
    );
    expect((await host.docker.getImage('hello-app:ada').inspect()).Size).to.be.above(1_000_000);
    await execute('npx', ['gulp', 'clean'], { cwd: folder, env });
    await engine.docker.getImage('debian:stable-slim').remove();
  });
});

/** The commands of the section "Start". */
async function startCommands(): Promise<string[]> {
  const readme = await readFile(join(repository, 'README.md'), 'utf8');
  const [, block = ''] = /## Start\n[^]*?```sh\n([^]*?)```/.exec(readme) ?? [];
  return block.trim().split('\n');
}
