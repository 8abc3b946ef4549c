import { execFile } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import type { BuiltJson, ImagesJson, LayersJson, TransferJson } from '../../../tasks/index.js';
import { bed, type BedEngine, type BedHost } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';
import { gulp, project, type TemporaryProject } from '../tasks/gulp.js';

async function tag(folder: string, version: string): Promise<void> {
  const git = (...args: string[]) =>
    promisify(execFile)('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], {
      cwd: folder,
    });
  await git('init', '-q');
  await git('add', 'docker');
  await git('commit', '-qm', 'Start');
  await git('tag', version);
}

const FILES = {
  'docker/base/Dockerfile': 'FROM busybox:latest\n',
  'docker/app/Dockerfile':
    'ARG BASE_IMAGE\nFROM ${BASE_IMAGE} AS Builder\nRUN echo app > /app\nFROM ${BASE_IMAGE}\nCOPY --from=builder /app /\n',
  'docker/idle/Dockerfile': 'FROM scratch\nCOPY gulpfile.mjs /\n',
  'docker/run.cfg': '[run_image]\nsynthetic_images=shell\n\n[shell]\nname=app\ncmd=sh\n',
};

for (const name of cases(['20-overlay2', '28-containerd'] as const)) {
  describe(`images, graph, config and doctor on ${name}`, () => {
    let engine: BedEngine;
    let made: TemporaryProject;
    const run = (...args: string[]) =>
      gulp(made.folder, [...args, '--silent'], { env: { ...engine.env, LOGNAME: 'ann' } });
    before(async function () {
      this.timeout(900_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      made = await project(FILES, 'survey-test');
      await tag(made.folder, 'v7.1');
      const built = await run('build:base', 'build:app', '--series');
      expect(built.status, built.stderr).to.equal(0);
    });
    after(async () => {
      await run('clean');
      await made[Symbol.asyncDispose]();
    });

    it('lists what is built and what is not, with builder stages and synthetic images', async () => {
      const { stdout, status } = await run('images');
      expect(status).to.equal(0);
      const rows = stdout
        .trimEnd()
        .split('\n')
        .map((line) => line.split(/ {2,}/));
      expect(rows[0]).to.deep.equal(['IMAGE', 'TAG', 'STATE', 'SIZE', 'AGE', 'VERSION']);
      const states = rows.slice(1).map(([image, tag, state]) => [image, tag, state]);
      expect(states).to.deep.equal([
        ['app', 'ann', 'built'],
        ['app (builder)', 'ann', 'built'],
        ['base', 'ann', 'built'],
        ['idle', 'ann', 'not built'],
        ['shell (app)', 'ann', 'built'],
      ]);
      expect(rows[3]?.at(-1)).to.equal('7.1');
    });

    it('shows the layers of an image: their sizes, what made them, and who has them too', async () => {
      const { stdout, stderr, status } = await run('layers:app');
      expect(status, stderr).to.equal(0);
      expect(stdout).to.match(
        /^survey-test-app:ann: 2 layers, about [\d.]+[kM]B, of which [\d.]+k?B are its own\n/,
      );
      expect(stdout).to.match(/\n1 +[\d.]+MB +[█#]{20} +base +\S/);
      expect(stdout).to.match(/\n2 +[\d.]+k?B +[▏|] +COPY \/app \/[^\n]*\n$/);
      const missing = await run('layers:idle');
      expect(missing.status).to.equal(1);
      expect(missing.stderr).to.include('survey-test-idle:ann is not built: gulp build:idle makes it');
    });

    it('shows the graph with size and age, and without an engine the graph alone', async () => {
      const tree = await run('graph');
      expect(tree.stdout).to.match(/^base {2}[\d.]+MB.*\n└── app {2}[\d.]+MB.*\nidle {2}not built\n$/);
      const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
      const alone = await gulp(made.folder, ['graph', '--silent'], { env });
      expect(alone).to.include({ status: 0, stdout: 'base\n└── app\nidle\n' });
      expect((await gulp(made.folder, ['graph', '--dry-run', '--silent'], { env })).stdout).to.include(
        '└── app',
      );
    });

    it('shows the graph in Mermaid, and writes it as SVG', async () => {
      expect((await run('graph', '--mermaid')).stdout).to.match(/^flowchart TD\n[^]*image\d --> image\d\n$/);
      expect(await run('graph', '--svg', 'graph.svg', '--dry-run')).to.include({ status: 0 });
      await readFile(join(made.folder, 'graph.svg')).then(
        () => expect.fail('a dry run wrote a file'),
        () => undefined,
      );
      expect(await run('graph', '--svg', 'graph.svg')).to.include({ status: 0, stdout: '' });
      expect(await readFile(join(made.folder, 'graph.svg'), 'utf8')).to.match(
        /^<svg [^]*not built[^]* own<\/text>[^]*<\/svg>\s*$/,
      );
      // Whatever a store needs for it: app has all of base, and some bytes more.
      expect(await readFile(join(made.folder, 'graph.svg'), 'utf8')).to.match(
        />([\d.]+MB)<[^]*>\1 shared, [\d.]+k?B own</,
      );
      const refused = await gulp(made.folder, ['graph', '--svg', 'no/such/graph.svg'], { env: engine.env });
      expect(refused.status).to.equal(1);
      expect(refused.stderr).to.include('no/such/graph.svg cannot be written');
    });

    it('shows a configuration that means the same when it takes the place of run.cfg', async () => {
      const { stdout } = await run('config');
      expect(stdout).to.include('synthetic_images=shell').and.to.include('# docker/run.cfg:5\nname=app');
      await using copy = await project({ ...FILES, 'docker/run.cfg': stdout }, 'survey-test');
      const env = { ...engine.env, LOGNAME: 'ann' };
      const words = ['run:shell', '--dry-run', '--silent'];
      const [own, other] = [await run(...words), await gulp(copy.folder, words, { env })];
      const withoutTime = (text: string) => text.replace(/_\d\d-\d\d-\d\d_[\d.]+/, '');
      expect(withoutTime(other.stdout)).to.equal(withoutTime(own.stdout));
      expect((await run('config:shell')).stdout).to.match(/^\[shell\]\n/);
    });

    it('prints nothing but JSON on standard output, one line for each result, where gulp speaks too', async () => {
      const env = { ...engine.env, LOGNAME: 'ann' };
      const { stdout, stderr, status } = await gulp(
        made.folder,
        ['build:app', 'images', '--series', '--json'],
        { env },
      );
      expect(status, stderr).to.equal(0);
      const values = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
      const [built, listed] = values as [BuiltJson, ImagesJson];
      expect(values).to.have.length(2);
      expect(built).to.include({ kind: 'build', image: 'app', ok: true, reference: 'survey-test-app:ann' });
      expect(built.size).to.be.greaterThan(1e6);
      const app = listed.images.find(({ name, role }) => name === 'app' && role === 'image');
      expect(app?.places[0]).to.include({ place: 'here', state: 'built', size: built.size, version: '7.1' });
      expect(listed.images.map(({ role }) => role)).to.include.members(['builder', 'synthetic']);
      expect(stderr).to.include("Finished 'images'").and.to.include('docker build');
    });

    it('finds nothing wrong', async () => {
      const { status, stdout, stderr } = await run('doctor');
      expect(status, stdout + stderr).to.equal(0);
      expect(stdout).to.match(/Docker \d+\.[^]*BuildKit[^]*build cache/);
      expect(stdout).to.include('there is no .dockerignore');
    });
  });
}

describe('images and doctor with hosts', () => {
  let engine: BedEngine;
  let host: BedHost;
  let home: SshHome;
  let made: TemporaryProject;
  before(async function () {
    this.timeout(900_000);
    engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    host = await bed.orSkip(this, () => bed.host({ engine: '26-containerd', name: 'survey', docker: true }));
    home = await sshHome(host);
    await bed.baseImages(engine.docker, ['busybox:latest']);
    made = await project(
      {
        'docker/dev/Dockerfile': 'FROM busybox:latest\nRUN echo one > /one\n',
        'docker/run.cfg': '[dev]\nhost=root@nobody.invalid\n',
      },
      'survey-hosts',
    );
  });
  after(async () => {
    await gulp(made.folder, ['clean'], { env: engine.env });
    await made[Symbol.asyncDispose]();
    await home.remove();
    await host.stop();
  });

  it('says whether a host has the same image as the engine here, which keeps it in another way', async () => {
    const there = `root@${host.address}:${host.port}`;
    const env = { ...home.env, ...engine.env, HOME: home.folder, PATH: home.env.PATH };
    const state = async () => {
      const { stdout, stderr } = await gulp(made.folder, ['images', '--host', there], { env });
      expect(stderr).not.to.include('errored');
      return stdout
        .split('\n')
        .find((line) => line.includes(there))
        ?.trim()
        .split(/ {2,}/)
        .slice(1, 3);
    };
    const done = async (...args: string[]) => {
      const { status, stderr } = await gulp(made.folder, args, { env });
      expect(status, stderr).to.equal(0);
    };
    await done('build:dev');
    expect(await state()).to.deep.equal(['not there']);
    const words = ['transfer:dev', '--host', there, '--host', 'root@nobody.invalid', '--json'];
    const sent = await gulp(made.folder, words, { env });
    expect(sent.status).to.equal(1);
    const lines = sent.stdout.trimEnd().split('\n');
    const [first, second] = lines.map((line) => JSON.parse(line) as TransferJson);
    expect(first).to.include({ kind: 'transfer', ok: true, layersSent: 2, layers: 2 });
    expect(second).to.include({ ok: false, host: 'ssh://root@nobody.invalid' });
    expect((await state())?.[0]).to.equal('same');
    await writeFile(join(made.folder, 'docker/dev/Dockerfile'), 'FROM busybox:latest\nRUN echo two > /one\n');
    await done('build:dev');
    expect((await state())?.[0]).to.equal('different');
    const pictured = ['layers:dev', '--host', there, '--host', 'root@nobody.invalid', '--json'];
    const { hosts, layers, problems } = JSON.parse(
      (await gulp(made.folder, pictured, { env })).stdout,
    ) as LayersJson;
    expect(hosts.map(({ host, layers: states }) => [host, states])).to.deep.equal([
      [there, ['probe', 'missing']],
    ]);
    expect(layers[1]).to.include({ madeBy: 'RUN echo two > /one' });
    expect(problems.join()).to.include('nobody.invalid');
    const { status, stdout } = await gulp(made.folder, ['doctor', '--host', there], { env });
    expect(status, stdout).to.equal(0);
    expect(stdout).to.match(/root@.*: Docker 26\..* answers/);
  });

  it('says in a line that a host cannot be reached, and does not fail', async () => {
    const { status, stdout, stderr } = await gulp(made.folder, ['images'], { env: engine.env });
    expect(status, stderr).to.equal(0);
    expect(stdout).to.match(/root@nobody\.invalid +unreachable/);
    expect(stderr).to.include('nobody.invalid');
  });

  it('calls it wrong when asked what is wrong', async () => {
    const { status, stdout } = await gulp(made.folder, ['doctor'], { env: engine.env });
    expect(status).to.equal(1);
    expect(stdout).to.match(/[✖x] .*nobody\.invalid/);
  });

  it('prints the commands of a dry run, and connects to nobody', async () => {
    const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock', LOGNAME: 'ann' };
    const ended = await gulp(made.folder, ['images', '--dry-run', '--silent'], { env });
    expect(ended).to.include({
      status: 0,
      stdout:
        'docker image inspect survey-hosts-dev:ann\ndocker -H ssh://root@nobody.invalid image inspect survey-hosts-dev:ann\n',
    });
    expect((await gulp(made.folder, ['doctor', '--dry-run', '--silent'], { env })).stdout).to.match(
      /^docker version\n/,
    );
  });
});

describe('doctor on a project that is not well', () => {
  it('says everything at once, without an engine too', async () => {
    await using made = await project(
      {
        'docker/one/Dockerfile': 'ARG TWO_IMAGE\nFROM ${TWO_IMAGE}\n',
        'docker/two/Dockerfile': 'ARG ONE_IMAGE\nFROM ${ONE_IMAGE}\n',
        'docker/bad/Dockerfile': 'FROM scratch\n',
        'docker/run.cfg': '[bad]\nargs=--memroy 1g\n[one]\nimage_repo=registry.example.com/x\n[nobody]\n',
      },
      'unwell',
    );
    await promisify(execFile)('git', ['init', '-q'], { cwd: made.folder });
    await writeFile(join(made.folder, '.dockerignore'), 'node_modules\n');
    const env = {
      ...process.env,
      DOCKER_HOST: 'unix:///nonexistent/docker.sock',
      DOCKER_CONFIG: join(made.folder, 'none'),
      DOCKER_REPOSITORY: '',
    };
    const { status, stdout, stderr } = await gulp(made.folder, ['doctor'], { env });
    expect(status).to.equal(1);
    expect(stdout).to.include('/nonexistent/docker.sock');
    expect(stdout).to.include('in a circle');
    expect(stdout).to.include('memroy');
    expect(stdout).to.include('[nobody]');
    expect(stdout).to.include('.dockerignore leaves .git in');
    expect(stdout).to.include('registry.example.com: there are no credentials');
    expect(stderr).to.match(/\d things are wrong/);
    expect(stdout + stderr).not.to.match(/^\s+at /m);
  });
});
