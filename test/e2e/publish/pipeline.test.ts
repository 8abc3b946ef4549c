import { expect } from 'chai';
import type { BuildJson, PublishJson } from '../../../tasks/index.js';
import { bed, type BedEngine, type BedRegistry } from '../../bed/index.js';
import { cases } from '../../circle.js';
import { gulp, project } from '../tasks/gulp.js';
import { digestAt, removeImages } from './workbench.js';

const GULPFILE = `import gulp from 'gulp';
import { dockerTasks } from 'gulp-dockerutils';
const { build, run, publish } = dockerTasks();
export const release = gulp.series(build('app'), build('cicd'), run('cicd'), publish('app'));
`;

for (const name of cases(['20-overlay2', '28-overlay2', '28-containerd'] as const)) {
  describe(`series(build, run tests, publish) on ${name}`, function () {
    this.timeout(600_000);
    const folder = `release${process.pid}`;
    let engine: BedEngine;
    let registry: BedRegistry;
    before(async function () {
      this.timeout(600_000);
      engine = await bed.orSkip(this, () => bed.engine(name));
      await bed.baseImages(engine.docker, ['busybox:latest']);
      registry = await bed.registry();
    });
    after(async () => {
      await registry.stop();
      for (const repository of [`${folder}-app`, `${folder}-cicd`, `${registry.address}/**`])
        await removeImages(engine.docker, repository);
    });

    async function release(test: string, tag: string) {
      const files = {
        'gulpfile.mjs': GULPFILE,
        'docker/app/Dockerfile': 'FROM busybox:latest\nCOPY package.json /app/\n',
        'docker/cicd/Dockerfile': 'ARG APP_IMAGE\nFROM ${APP_IMAGE}\nRUN true\n',
        'docker/run.cfg': `[app]\npublication_tag=${registry.address}/team/app:${tag}, ${registry.address}/team/app:${tag}-again\n[cicd]\ncmd=${test}\n`,
      };
      await using made = await project(files, folder);
      return await gulp(made.folder, ['release', '--json'], { env: engine.env });
    }

    it('publishes what passed its tests, under each of its tags', async () => {
      const { status, stdout, stderr } = await release('test -f /app/package.json', 'good');
      expect(status, stderr).to.equal(0);
      const digest = await digestAt(registry.address, 'team/app', 'good');
      expect(digest)
        .to.match(/^sha256:/)
        .and.to.equal(await digestAt(registry.address, 'team/app', 'good-again'));
      expect(stderr).to.include(`team/app:good@${digest}`);
      const results = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as BuildJson | PublishJson);
      expect(results.map(({ kind }) => kind)).to.deep.equal(['build', 'build', 'publish', 'publish']);
      expect(results[3]).to.include({ reference: `${registry.address}/team/app:good-again`, digest });
    });

    it('publishes nothing when the tests in the container fail, and ends with their status', async () => {
      const { status } = await release('sh -c "exit 3"', 'bad');
      expect(status).to.equal(3);
      expect(await digestAt(registry.address, 'team/app', 'bad')).to.equal(null);
    });
  });
}
