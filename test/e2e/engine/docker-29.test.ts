import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import Docker from 'dockerode';
import { bed, type BedEngine, type BedRegistry } from '../../bed/index.js';
import { gulp, project, type TemporaryProject } from '../tasks/gulp.js';
import { AsDocker29 } from './as-docker-29.js';

const FILES = {
  'docker/base/Dockerfile': 'FROM busybox:latest\nRUN echo base > /base\n',
  'docker/app/Dockerfile': [
    'ARG BASE_IMAGE',
    'FROM ${BASE_IMAGE}',
    'RUN --mount=type=secret,id=pass cat /run/secrets/pass | sha256sum > /pass',
    'COPY large note /',
    '',
  ].join('\n'),
  'docker/run.cfg': '[app]\nbuild_args=--secret id=pass,src=pass\ncmd=sh -c "cat; exit 9"\n',
  pass: 'a secret',
  note: 'first',
  large: 'x'.repeat(3_000_000),
};

/** The lowest version of the API that Docker 29 takes. */
const LOWEST = '1.44';

describe('an engine that answers as Docker 29', () => {
  let engine: BedEngine;
  let other: BedEngine;
  let registry: BedRegistry;
  let locked: BedRegistry;
  let newer: AsDocker29;
  let made: TemporaryProject;
  const run = (args: string[], input = '') =>
    gulp(made.folder, args, {
      env: { ...engine.env, DOCKER_HOST: `unix://${newer.path}`, LOGNAME: 'ann' },
      input,
    });
  const succeeds = async (...args: string[]) => {
    const ended = await run(args);
    expect(ended.status, ended.stderr).to.equal(0);
    return ended;
  };

  before(async function () {
    this.timeout(900_000);
    // As low as 29 itself goes.
    const variables = { DOCKER_MIN_API_VERSION: LOWEST };
    engine = await bed.orSkip(this, () => bed.engine('28-containerd', { own: 'newer', variables }));
    other = await bed.engine('20-overlay2');
    registry = await bed.registry();
    locked = await bed.registry({ auth: { username: 'ada', password: 'unknown here' } });
    await bed.baseImages(engine.docker, ['busybox:latest']);
    newer = await AsDocker29.open(engine.socket);
    made = await project(FILES, 'newer');
  });
  after(async () => {
    await run(['clean']);
    await gulp(made.folder, ['clean'], { env: { ...other.env, LOGNAME: 'ann' } });
    await made?.[Symbol.asyncDispose]();
    await newer?.[Symbol.asyncDispose]();
    await engine?.stop();
  });

  it('takes no call of an older API, behind the filter and before it', async () => {
    for (const socketPath of [engine.socket, newer.path]) {
      const older = new Docker({ socketPath, version: 'v1.43' });
      const refused = await older.info().catch((error: { statusCode: number }) => error.statusCode);
      expect(refused, socketPath).to.equal(400);
    }
    expect(await engine.docker.version()).to.have.property('MinAPIVersion', LOWEST);
  });

  it('builds over gRPC on its own socket, and is sent only what has changed', async () => {
    const first = await succeeds('build');
    expect(newer.grpcConnections).to.equal(2 + secondAttempts(first));
    newer.grpcConnections = 0;
    await writeFile(join(made.folder, 'note'), 'second');
    const second = await succeeds('build:app');
    expect(second.stderr).to.match(/RUN --mount=type=secret.*CACHED/);
    expect(newer.grpcConnections).to.equal(1 + secondAttempts(second));
  });

  it('tells why a build fails, in one sentence', async () => {
    const dockerfile = join(made.folder, 'docker/base/Dockerfile');
    await writeFile(dockerfile, 'FROM busybox:latest\nRUN echo no; exit 3\n');
    const { status, stderr } = await run(['build:base']);
    await writeFile(dockerfile, FILES['docker/base/Dockerfile']);
    expect(status).to.equal(1);
    expect(stderr).to.match(/exit (code:?|status) 3/);
    expect(stderr).not.to.match(/\n\s+at /);
  });

  it('runs, with input and exit status', async () => {
    const { status, stdout } = await run(['run:app', '--silent'], 'typed\n');
    expect(stdout).to.equal('typed\n');
    expect(status).to.equal(9);
  });

  it('tells of its images and its disk', async () => {
    expect((await succeeds('images', '--silent')).stdout).to.match(/^app +ann +built/m);
    const { stdout } = await succeeds('doctor', '--silent');
    expect(stdout)
      .to.match(/images take (?!0B)\S+B/)
      .and.contain('Docker 29.1.0');
  });

  it('gives an image away, and takes one', async () => {
    await succeeds('transfer:app', '--host', other.url);
    await succeeds('clean');
    await succeeds('transfer:app', '--from', other.url, '--host', `unix://${newer.path}`);
    expect((await succeeds('images', '--silent')).stdout).to.match(/^app +ann +built/m);
  });

  it('publishes, and a push that the registry refuses is a failure', async () => {
    await succeeds('publish:app', '--to', `localhost:${registry.port}/newer/app`);
    const { status, stderr } = await run(['publish:app', '--to', `localhost:${locked.port}/newer/app`]);
    expect(status, stderr).to.equal(1);
    expect(stderr).not.to.match(/\n\s+at /);
  });
});

/** How often a build was begun again, as containerd's store makes it necessary at times. */
const secondAttempts = ({ stderr }: { stderr: string }): number =>
  stderr.match(/lost a layer while it unpacked/g)?.length ?? 0;
