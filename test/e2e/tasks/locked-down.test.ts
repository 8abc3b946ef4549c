import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { gulp, project, type TemporaryProject } from './gulp.js';

/** Fails where it runs twice at once. */
const SCRIPT = 'sh -c "mkdir busy && sleep 1 && rmdir busy"';

const FILES = {
  'docker/base/Dockerfile': 'FROM busybox:latest\n',
  'docker/app/Dockerfile': 'ARG BASE_IMAGE=base\nFROM ${BASE_IMAGE}\nRUN true\n',
  'docker/run.cfg': `[app]\npre_build_script=${SCRIPT}\n`,
};

describe('locked-down on several engines', () => {
  const engines: BedEngine[] = [];
  let made: TemporaryProject;
  before(async function () {
    this.timeout(600_000);
    for (const name of ['28-containerd', '20-overlay2'] as const) {
      const engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      engines.push(engine);
    }
    made = await project(FILES, `locked-down-${process.pid}`);
  });
  after(() => made?.[Symbol.asyncDispose]());

  it('runs the scripts of a build for one after the other', async () => {
    const user = `locked-${process.pid}`;
    const [first, second] = engines as [BedEngine, BedEngine];
    const words = ['locked-down:app', '--host', first.url, '--host', second.url];
    const { status, stderr } = await gulp(made.folder, words, { env: { ...first.env, LOGNAME: user } });
    expect(status, stderr).to.equal(0);
    for (const { docker } of engines)
      for (const image of ['app', 'base'])
        await docker.getImage(`locked-down-${process.pid}-${image}:${user}`).remove({ force: true });
  });
});
