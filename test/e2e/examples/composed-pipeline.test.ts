import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bed, type BedRegistry } from '../../bed/index.js';
import { type OpenExample, openExample } from './example.js';

describe('examples/composed-pipeline', function () {
  this.timeout(600_000);
  let example: OpenExample;
  let registry: BedRegistry;
  before(async function () {
    example = await openExample(this, 'composed-pipeline', { engine: '28-containerd', tag: 'v2.0' });
    registry = await bed.orSkip(this, () => bed.registry());
    Object.assign(example.env, {
      LOGNAME: 'composer',
      DOCKER_REPOSITORY: registry.address,
      BUILD_NUMBER: undefined,
    });
    const tsx = fileURLToPath(new URL('../../../node_modules/tsx', import.meta.url));
    await symlink(tsx, join(example.folder, 'node_modules/tsx'));
  });
  after(async () => {
    await example.gulp('tidy');
    const { docker } = example.engine;
    for (const name of ['app', 'web'])
      await docker.getImage(`${registry.address}/composed-pipeline-${name}:2.0`).remove({ force: true });
    await registry.stop();
    await example.close();
  });

  const succeeds = async (...args: string[]) => {
    const ended = await example.gulp(...args);
    expect(ended.status, ended.stdout + ended.stderr).to.equal(0);
    return ended;
  };
  const path = (name: string) => join(example.folder, name);
  const published = async (name: string) => {
    const answer = await fetch(`${registry.url}${name}/tags/list`);
    return ((await answer.json()) as { tags?: string[] }).tags ?? [];
  };

  /** What stands in a file of an image. */
  async function content(reference: string, ...command: string[]): Promise<string> {
    const { docker } = example.engine;
    const container = await docker.createContainer({ Image: reference, Cmd: command, Tty: true });
    try {
      const stream = await container.attach({ stream: true, stdout: true });
      let output = '';
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
      await container.start();
      await container.wait();
      return output.replaceAll('\r', '');
    } finally {
      await container.remove({ force: true });
    }
  }

  it('lists its tasks, written in TypeScript, with what they do', async () => {
    const { stdout } = await succeeds('--tasks');
    expect(stdout).to.match(/release .*publishes what passed/);
  });

  it('builds, tests and publishes in one go', async () => {
    const { stdout, stderr } = await succeeds('release');
    expect(stdout + stderr).to.include('test_escapes_what_guests_write');
    expect(await published('composed-pipeline-app')).to.deep.equal(['2.0']);
    expect(await published('composed-pipeline-web')).to.deep.equal(['2.0']);
    const page = await content('composed-pipeline-app:composer', 'python3', '-m', 'guestbook');
    expect(page).to.include('first &amp; last').and.to.include('2.0');
  });

  it('has the pipeline in the image of the site, pictures exact, and what was built in a file', async () => {
    const image = 'composed-pipeline-web:composer';
    expect(await content(image, 'cat', '/www/style.css')).to.equal(
      'body{color:#222;font-family:sans-serif;}h1{color:teal;}',
    );
    expect(await content(image, 'sha256sum', '/www/logo.png')).to.equal(
      `${digest(path('site/logo.png'))}  /www/logo.png\n`,
    );
    const built = JSON.parse(readFileSync(path('build/web.json'), 'utf8')) as {
      id: string;
      reference: string;
    };
    expect(built.reference).to.equal(image);
    const { Id, Config } = await example.engine.docker.getImage(image).inspect();
    expect(built.id).to.equal(Id);
    expect(Config.Labels).to.include({ 'org.opencontainers.image.version': '2.0' });
  });

  it('shows all commands of a dry run, in order', async () => {
    const { stdout } = await succeeds('release', '--dry-run', '--silent');
    const lines = stdout.trim().split('\n');
    expect(lines[0]).to.match(/^docker build .* -t composed-pipeline-base:/);
    expect(lines.find((line) => line.includes('-t composed-pipeline-web:'))).to.match(
      /^docker build -f docker\/web\/Dockerfile .* -$/,
    );
    expect(lines.findIndex((line) => line.startsWith('docker run '))).to.be.lessThan(
      lines.findIndex((line) => line.startsWith('docker push ')),
    );
  });

  it('publishes nothing when a test fails', async () => {
    const page = readFileSync(path('src/guestbook/__init__.py'), 'utf8');
    writeFileSync(path('src/guestbook/__init__.py'), page.replaceAll('escape(', 'str('));
    const { status, stdout, stderr } = await example.gulp('release');
    expect(status, stdout + stderr).to.equal(1);
    expect(stdout + stderr).to.include('AssertionError');
    expect(await published('composed-pipeline-app')).to.deep.equal(['2.0']);
  });

  it('makes a new image when a file of the site changes, and sends only that file', async () => {
    const program = path('node_modules/gulp/bin/gulp.js');
    rmSync(path('build'), { recursive: true });
    const child = spawn(process.execPath, [program, 'develop'], { cwd: example.folder, env: example.env });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    /** What the watching program says that it built, once that is something else. */
    const builtAfter = async (old: string) => {
      const read = () =>
        existsSync(path('build/web.json')) ? readFileSync(path('build/web.json'), 'utf8') : '';
      for (let text = read(); ; text = read()) {
        if (text !== old && text.endsWith('}\n')) return text;
        if (child.exitCode !== null) throw new Error(output);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    };
    try {
      const first = await builtAfter('');
      appendFileSync(path('site/style.css'), '\nb { color: red; }\n');
      const { sent } = JSON.parse(await builtAfter(first)) as { sent: { files: number } };
      expect(sent.files).to.equal(1);
      expect(await content('composed-pipeline-web:composer', 'cat', '/www/style.css')).to.include(
        'b{color:red;}',
      );
    } finally {
      child.kill('SIGINT');
      await once(child, 'exit');
    }
  });
});

function digest(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
