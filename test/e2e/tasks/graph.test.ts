import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { type Ended, gulp, project, type TemporaryProject } from './gulp.js';

const FILES = {
  // Each names what it needs in another way.
  'docker/base/Dockerfile': 'FROM busybox:latest\nRUN echo base > /made\n',
  'docker/tools/Dockerfile': 'ARG BASE_IMAGE=graphed-base\nFROM ${BASE_IMAGE}\nRUN echo tools >> /made\n',
  'docker/app/Dockerfile':
    'FROM graphed-tools:grapher\nRUN echo app >> /made\nCOPY --from=graphed-base:grapher /made /base\nRUN cat /made /base\n',
  'docker/beside/Dockerfile': 'FROM busybox:latest\nRUN sleep 1; echo beside\n',
  'docker/run.cfg': '[base]\npull_FROM_on_force=True\n',
};

for (const name of cases(['20-overlay2', '28-overlay2', '28-containerd'] as const)) {
  describe(`images that are built from each other, engine ${name}`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let made: TemporaryProject;
    const run = (...args: string[]): Promise<Ended> =>
      gulp(made.folder, args, { env: { ...engine.env, LOGNAME: 'grapher' } });
    const built = async () => {
      const images = await engine.docker.listImages({ filters: { reference: ['graphed-*:grapher'] } });
      return images.flatMap(({ RepoTags }) => RepoTags!.map((tag) => /-(\w+):/.exec(tag)![1])).sort();
    };
    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      made = await project(FILES, 'graphed');
    });
    afterEach(() => run('clean'));
    after(() => made[Symbol.asyncDispose]());

    it('are built in order, each once', async () => {
      const { status, stdout, stderr } = await run('build');
      expect(status, stderr).to.equal(0);
      const ended = [...(stdout + stderr).matchAll(/✔ build (\w+)/g)].map(([, image]) => image);
      expect(ended.filter((image) => image !== 'beside')).to.deep.equal(['base', 'tools', 'app']);
      expect(await built()).to.deep.equal(['app', 'base', 'beside', 'tools']);
      const { stdout: graph } = await run('graph', '--silent');
      expect(graph).to.match(/base .*MB[^]*tools .*MB[^]*app .*MB/);
    });

    it('come with one of them where that is asked for, and are pulled for where its section says so', async () => {
      // No registry can be reached from the test bed, so a failure is how the pull shows.
      const { status, stdout: output, stderr } = await run('build:tools', '--force-base');
      expect(status).to.equal(1);
      expect(output + stderr).to.match(/docker\/base\/Dockerfile: .*busybox.* failed, so base was not built/);
      const { stdout } = await run('build:tools', '--force-base', '--dry-run', '--silent');
      expect(stdout.split('\n').map((line) => line.includes('--pull'))).to.deep.equal([true, false, false]);
    });

    it('are not built where what they need fails, while the others end', async () => {
      await using broken = await project(
        { ...FILES, 'docker/tools/Dockerfile': `${FILES['docker/tools/Dockerfile']}RUN exit 3\n` },
        'graphed',
      );
      const { status, stdout, stderr } = await gulp(broken.folder, ['build'], {
        env: { ...engine.env, LOGNAME: 'grapher' },
      });
      expect(status).to.equal(1);
      expect(await built()).to.deep.equal(['base', 'beside']);
      const output = stdout + stderr;
      expect(output).to.include('not built, because of what failed: app');
      expect(output.trimEnd().split('\n').slice(-2).join('\n')).to.match(
        /docker\/tools\/Dockerfile:4: RUN exit 3/,
      );
    });
  });
}

describe('images that are named as the project names them', function () {
  this.timeout(600_000);
  let engine: BedEngine;
  before(async function () {
    this.timeout(600_000);
    engine = await bed.orSkip(this, () => bed.engine('28-containerd'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
  });

  it('are built first, for several platforms', async () => {
    await using made = await project(
      {
        'docker/base/Dockerfile': 'FROM scratch\nCOPY package.json /\n',
        'docker/app/Dockerfile': 'FROM base\nCOPY package.json /app.json\n',
        'docker/run.cfg': '[DEFAULT]\nbuild_args=--platform linux/amd64,linux/arm64\n[base]\n[app]\n',
      },
      'named',
    );
    const env = { ...engine.env, LOGNAME: 'grapher' };
    const { status, stdout, stderr } = await gulp(made.folder, ['build'], { env });
    expect(status, stderr + stdout).to.equal(0);
    expect(stderr).to.include('--build-context base=docker-image://named-base:grapher');
    const { stdout: images } = await gulp(made.folder, ['images', '--silent'], { env });
    expect(images).to.match(/^app +grapher +built/m);
    await gulp(made.folder, ['clean'], { env });
  });

  it('show a cycle, and where it runs', async () => {
    await using made = await project(
      {
        'docker/one/Dockerfile': 'FROM two\n',
        'docker/two/Dockerfile': 'FROM scratch\nCOPY --from=one / /\n',
      },
      'circle',
    );
    const { status, stdout, stderr } = await gulp(made.folder, ['build'], { env: engine.env });
    expect(status).to.equal(1);
    expect(stdout + stderr).to.include(
      'one needs two (docker/one/Dockerfile:1), two needs one (docker/two/Dockerfile:2)',
    );
  });
});
