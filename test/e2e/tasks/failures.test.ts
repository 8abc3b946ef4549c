import { createServer } from 'node:net';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { untilRunning } from '../../until.js';
import { type Ended, gulp, project } from './gulp.js';

const BUSYBOX = 'FROM busybox:latest\n';

describe('a failure is one sentence, exit status not 0, and no stack', () => {
  let engine: BedEngine;
  before(async function () {
    this.timeout(600_000);
    engine = await bed.orSkip(this, () => bed.engine('28-overlay2'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
  });

  /** Runs gulp in a project and checks the form of the failure. */
  async function fails(files: Record<string, string>, args: string[], env = engine.env): Promise<string> {
    await using made = await project(files, 'failing');
    const ended = await gulp(made.folder, args, { env });
    return sentenceOf(ended);
  }

  it('where there is no docker folder', async () => {
    expect(await fails({}, ['build'])).to.match(/docker.*folder/i);
  });

  it('for a broken run.cfg, with all its errors together', async () => {
    const files = {
      'docker/dev/Dockerfile': BUSYBOX,
      'docker/run.cfg': 'cmd=x\n[dev]\nports=1\nports=2\nnonsense\n',
    };
    const sentence = await fails(files, ['run:dev']);
    expect(sentence).to.include('docker/run.cfg:1');
    expect(sentence).to.include('docker/run.cfg:4');
    expect(sentence).to.include('docker/run.cfg:5');
  });

  it('for an unknown image in a pipeline, with what may be meant, before anything runs', async () => {
    const files = {
      'docker/dev/Dockerfile': BUSYBOX,
      'gulpfile.mjs':
        "import { dockerTasks } from 'gulp-dockerutils';\nexport const x = dockerTasks().build('dve');\n",
    };
    const sentence = await fails(files, ['--tasks']);
    expect(sentence).to.match(/unknown image "dve" \(did you mean "dev"\?\)/);
  });

  it('for an unknown task, with what may be meant', async () => {
    const files = { 'docker/dev/Dockerfile': BUSYBOX };
    expect(await fails(files, ['build:dve'])).to.match(/build:dve.*\n?.*did you mean.*build:dev/i);
  });

  it('for a flag with a slip, with what may be meant', async () => {
    const files = { 'docker/dev/Dockerfile': BUSYBOX };
    expect(await fails(files, ['build:dev', '--no-cahce'])).to.include('did you mean "--no-cache"?');
  });

  it('where no engine answers', async () => {
    const env = { ...process.env, DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const sentence = await fails({ 'docker/dev/Dockerfile': BUSYBOX }, ['build:dev'], env);
    expect(sentence).to.include('/nonexistent/docker.sock').and.to.include('DOCKER_HOST');
  });

  it('for a failing RUN, named with its place and its last output', async () => {
    const files = { 'docker/dev/Dockerfile': `${BUSYBOX}RUN echo told you && exit 3\n` };
    const sentence = await fails(files, ['build:dev']);
    expect(sentence).to.include('docker/dev/Dockerfile:2').and.to.include('told you');
  });

  it('for an image that is not built yet', async () => {
    const sentence = await fails({ 'docker/unbuilt/Dockerfile': BUSYBOX }, ['run:unbuilt']);
    expect(sentence).to.include('build:unbuilt');
  });

  it('for a base that is not built yet', async () => {
    const files = {
      'docker/low/Dockerfile': BUSYBOX,
      'docker/high/Dockerfile': 'ARG LOW_IMAGE\nFROM ${LOW_IMAGE}\n',
    };
    expect(await fails(files, ['build:high'])).to.match(/failing-low.*not been built/);
  });

  it('for a port that is in use', async () => {
    const server = createServer().listen(0, '0.0.0.0');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as { port: number };
    const files = {
      'docker/dev/Dockerfile': `${BUSYBOX}RUN true\n`,
      'docker/run.cfg': `[dev]\nports=-p ${port}:80\ncmd=true\n`,
    };
    try {
      expect(await fails(files, ['build:dev', 'run:dev', '--series'])).to.include(String(port));
    } finally {
      server.close();
    }
  });

  it('for a network that does not exist', async () => {
    const files = {
      'docker/dev/Dockerfile': `${BUSYBOX}RUN true\n`,
      'docker/run.cfg': `[dev]\nnetwork=no-such-network\ncmd=true\n`,
    };
    expect(await fails(files, ['build:dev', 'run:dev', '--series'])).to.include('no-such-network');
  });

  it('for a flag that docker run does not have, with its line in run.cfg', async () => {
    const files = {
      'docker/dev/Dockerfile': BUSYBOX,
      'docker/run.cfg': '[dev]\ncmd=true\nargs=--memroy 1g\n',
    };
    expect(await fails(files, ['run:dev']))
      .to.include('docker/run.cfg:3')
      .and.to.include('memroy');
  });

  it('for an engine that is killed in the middle of a build', async function () {
    this.timeout(600_000);
    const own = await bed.engine('28-overlay2', { own: 'killed' });
    try {
      await bed.baseImages(own.docker, ['busybox:latest']);
      const mark = `until-killed-${process.pid}`;
      const endless = `RUN sh -c "while sleep 1; do :; done" ${mark}\n`;
      await using made = await project({ 'docker/dev/Dockerfile': BUSYBOX + endless });
      const building = gulp(made.folder, ['build:dev'], { env: own.env });
      await untilRunning(mark);
      await own.kill();
      expect(sentenceOf(await building)).to.match(/engine/i);
    } finally {
      await own.stop();
    }
  });
});

/** What gulp printed of the failure. */
function sentenceOf({ status, stdout, stderr }: Ended): string {
  const output = `${stdout}${stderr}`;
  expect(status, output).to.be.a('number').and.not.to.equal(0);
  expect(output).not.to.match(/^\s+at .*:\d+:\d+\)?$/m);
  return output;
}
