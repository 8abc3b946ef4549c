import { expect } from 'chai';
import { bed, type BedEngine, engineNames } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { makeProject, removeProjects } from '../../lib/project/projects.js';
import { runBin } from '../../tasks/run-bin.js';

/** A clipboard, a title and a clear screen. */
const PRINTF = String.raw`\033]52;c;ZXZpbA==\007\033]0;title\007\033[2J`;
const RAW = '\x1b]52;c;ZXZpbA==\x07\x1b]0;title\x07\x1b[2J';

for (const name of cases(engineNames))
  describe(`what images and builds on ${name} would do to a terminal, or tell of secrets`, function () {
    this.timeout(600_000);
    let engine: BedEngine;
    let root: string;
    const runConfig = [
      '[failing]',
      'build_args=--build-arg API_TOKEN=t0psecret --build-arg INDEX=https://u:pa55word@a.example/x --label K=https://t0ken@b.example',
      '',
    ].join('\n');

    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      root = makeProject(
        {
          'docker/failing/Dockerfile': `FROM busybox:latest\nARG API_TOKEN\nRUN printf '${PRINTF}told\\n'; exit 3\n`,
          'docker/labelled/Dockerfile': `FROM busybox:latest\nLABEL org.opencontainers.image.version="1${RAW}2"\n`,
          'docker/run.cfg': runConfig,
        },
        `hostile-${name}`,
      );
    });
    after(async () => {
      removeProjects();
      const image = engine.docker.getImage(`hostile-${name}-labelled:tests`);
      await image.remove({ force: true }).catch(() => undefined);
    });

    const HARMLESS = /^[^\x00-\x08\x0b-\x1f\x7f-\x9f]*$/;

    it('is not in what a failing step says', async () => {
      const { output, status } = await runBin(['build-image', '--tag', 'tests', 'failing'], root, engine.url);
      expect(status).to.equal(1);
      expect(output).to.match(/docker\/failing\/Dockerfile:3: RUN printf/);
      expect(output).to.contain('told').and.to.match(HARMLESS);
      for (const secret of ['t0psecret', 'pa55word', 't0ken']) expect(output).to.not.contain(secret);
      expect(output).to.contain('API_TOKEN=***');
    });

    it('is not in what is told of labels', async () => {
      const built = await runBin(['build-image', '--tag', 'tests', 'labelled'], root, engine.url);
      expect(built.status, built.output).to.equal(0);
      const { output, status } = await runBin(
        ['gulp-dockerutils', 'images', '--tag', 'tests'],
        root,
        engine.url,
      );
      expect(output)
        .to.match(/labelled +tests +built .* 12$/m)
        .and.to.match(HARMLESS);
      expect(status, output).to.equal(0);
    });
  });
