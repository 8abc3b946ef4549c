import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { bed, type BedEngine } from '../../bed/index.js';
import { project, type TemporaryProject } from '../tasks/gulp.js';

const buildImage = fileURLToPath(new URL('../../../dist/bin/build-image.js', import.meta.url));

describe('a build in a terminal', function () {
  this.timeout(600_000);
  let engine: BedEngine;
  let made: TemporaryProject;
  before(async function () {
    engine = await bed.orSkip(this, () => bed.engine('28-containerd'));
    await bed.baseImages(engine.docker, ['busybox:latest']);
    made = await project(
      { 'docker/dev/Dockerfile': 'FROM busybox:latest\nRUN echo small\n' },
      'small-terminal',
    );
  });
  after(async () => {
    await inTerminal(24, 'clean');
    await made[Symbol.asyncDispose]();
  });

  /** Of 80 columns and so many rows, which tmux would not make so small. */
  function inTerminal(rows: number, image: string): Promise<{ status: unknown; output: string }> {
    const line = `stty rows ${rows} cols 80; '${process.execPath}' '${buildImage}' ${image}`;
    const options = { cwd: made.folder, env: engine.env };
    return new Promise((resolve) => {
      const child = execFile('script', ['-qec', line, '/dev/null'], options, (error, output) =>
        resolve({ status: error?.code ?? 0, output }),
      );
      child.stdin?.end();
    });
  }

  for (const rows of [1, 0])
    it(`of ${rows === 1 ? 'one row' : 'no rows'} is done as in any other`, async () => {
      const { status, output } = await inTerminal(rows, 'dev');
      expect(status, output).to.equal(0);
      expect(output)
        .to.match(/build dev/)
        .and.not.match(/^\s+at /m);
    });
});
