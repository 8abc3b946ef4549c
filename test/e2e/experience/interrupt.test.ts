import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { gulp, project, type TemporaryProject } from '../tasks/gulp.js';

const gulpProgram = fileURLToPath(new URL('../../../node_modules/gulp/bin/gulp.js', import.meta.url));

const FILES = {
  'docker/slow/Dockerfile': 'FROM busybox:latest\nRUN sleep 60\n',
  'docker/dev/Dockerfile': 'FROM busybox:latest\nRUN true\n',
  'docker/run.cfg': '[dev]\nargs=--label interrupted=yes\ncmd=sleep 60\n',
};

describe('Ctrl-C in a terminal, at any moment', () => {
  let engine: BedEngine;
  let made: TemporaryProject;
  before(async function () {
    this.timeout(600_000);
    engine = await bed.orSkip(this, () => bed.engine('28-containerd'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
    made = await project(FILES, 'interrupted');
    expect((await gulp(made.folder, ['build:dev'], { env: engine.env })).status).to.equal(0);
  });
  after(async () => {
    await gulp(made.folder, ['clean'], { env: engine.env });
    await made[Symbol.asyncDispose]();
  });

  /** Presses Ctrl-C so many milliseconds after the task has begun, and returns the status that a shell sees. */
  async function interrupted(task: string, milliseconds: number): Promise<number> {
    const terminal = await bed.pty([process.execPath, gulpProgram, task], {
      cwd: made.folder,
      env: engine.env,
    });
    try {
      await terminal.waitFor(/Starting/);
      await sleep(milliseconds);
      await terminal.keys('C-c');
      return (await terminal.exit()).status;
    } finally {
      await terminal.close();
    }
  }

  for (const milliseconds of [0, 100, 200, 300, 400, 600, 1000]) {
    it(`ends a run with 130 after ${milliseconds} ms, and leaves no container`, async function () {
      this.timeout(600_000);
      expect(await interrupted('run:dev', milliseconds)).to.equal(130);
      const filters = { label: ['interrupted=yes'] };
      expect(await engine.docker.listContainers({ all: true, filters })).to.deep.equal([]);
    });
  }

  for (const milliseconds of [0, 300, 1500]) {
    it(`ends a build with 130 after ${milliseconds} ms`, async function () {
      this.timeout(600_000);
      expect(await interrupted('build:slow', milliseconds)).to.equal(130);
    });
  }
});
