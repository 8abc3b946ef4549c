import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { expect } from 'chai';
import { bed } from '../../bed/index.js';
import { heavy } from '../../circle.js';
import { until } from '../../until.js';
import { openPlace, type Place } from '../live/place.js';
import { gulp, gulpProgram, project, type TemporaryProject } from '../tasks/gulp.js';

const RUN_CFG =
  '[run_image]\nsynthetic_images=long db\n' +
  '[db]\nprefix=False\nname=busybox:latest\ncmd=sleep 600\nstop_timeout=1\n' +
  `[long]\nprefix=False\nname=busybox:latest\ndepends_on=db\ncmd=sh -c 'echo at it; sleep 600'\n`;

heavy(() => {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const)
    describe(`services over ssh, of an engine that is ended by ${signal} and started again`, function () {
      this.timeout(600_000);
      let place: Place;
      let made: TemporaryProject;
      let env: NodeJS.ProcessEnv;
      const user = `restart-${process.pid}`;

      before(async function () {
        place = await bed.orSkip(this, () => openPlace('ssh', '28-containerd'));
        env = { ...place.env, LOGNAME: user };
        made = await project(
          { 'docker/run.cfg': RUN_CFG, 'docker/base/Dockerfile': 'FROM busybox:latest\n' },
          'shop',
        );
      });
      after(async () => {
        await made?.[Symbol.asyncDispose]();
        await place?.close();
      });

      it('end with the run, which ends at once; stop takes away what is left', async () => {
        const child = spawn(process.execPath, [gulpProgram, 'run:long', '--silent'], {
          cwd: made.folder,
          env,
        });
        const said = text(child.stderr);
        await until('its output', () => Promise.resolve(child.stdout.read() as Buffer | null | false));
        const ended = once(child, 'exit');
        await place.link?.restartEngine(signal);
        const [status] = (await ended) as [number | null];
        expect(status, await said).to.equal(125);

        const stopped = await gulp(made.folder, ['stop', '--silent'], { env });
        expect(stopped.status, stopped.stderr).to.equal(0);
        const filters = JSON.stringify({ label: [`gulp-dockerutils.project=shop/${user}`] });
        expect(await place.docker.listContainers({ all: true, filters })).to.deep.equal([]);
        expect(await place.docker.listNetworks({ filters })).to.deep.equal([]);
      });
    });
});
