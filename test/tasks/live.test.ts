import { join } from 'node:path';
import { expect } from 'chai';
import { dockerTasks } from '../../tasks/index.js';
import { project } from '../e2e/tasks/gulp.js';
import { printed } from '../platform.js';
import { standardOutput } from './standard-output.js';

describe('live, as a dry run', () => {
  const SECTION = 'name=busybox\ntag=latest\nprefix=False\n';
  const dryRun = async (section: string, options: object = {}, env: NodeJS.ProcessEnv = {}) => {
    await using made = await project({
      'docker/base/Dockerfile': 'FROM busybox\n',
      'docker/run.cfg': `[run_image]\nsynthetic_images=dev\n[dev]\n${SECTION}${section}\n`,
    });
    const { live } = dockerTasks({ root: made.folder, argv: [], env: { LOGNAME: 'ann', ...env } });
    const { stdout, error } = await standardOutput(
      live('dev', { dryRun: true, interactive: '', ...options }),
    );
    return { stdout: stdout.replaceAll(made.folder, '/here').replace(/_\d\d-.{14} /, '_now '), error };
  };
  const NAMED = 'docker run --rm --name ann_dev_now --init';

  it('mounts on an engine of this machine', async () => {
    const { stdout } = await dryRun('volumes=-v {project_root}:/app');
    expect(stdout).to.equal(`${NAMED} -v /here:/app busybox:latest\n`);
  });

  for (const [where, options, env, to] of [
    ['where it is asked to sync', { sync: true }, {}, ''],
    ['to another machine', { host: 'ann@server' }, {}, '-H ssh://ann@server '],
    ['to the engine of DOCKER_HOST', {}, { DOCKER_HOST: 'ssh://server' }, ''],
  ] as const) {
    it(`has volumes that follow ${where}`, async () => {
      const section =
        'volumes=-v {project_root}:/app:ro -v /etc:/there -v {project_root}/docker/run.cfg:/run.cfg';
      const { stdout } = await dryRun(section, options, env);
      const volume = 'gulp-dockerutils-live-mark-project';
      expect(stdout).to.equal(
        printed(
          `${NAMED.replace('docker ', `docker ${to}`)} -v ${volume}:/app:nocopy,ro -v /etc:/there --label gulp-dockerutils.live=mark busybox:latest`,
        ) +
          '\n# /app is kept as . is here' +
          `\n# /run.cfg is kept as ${join('docker', 'run.cfg')} is here\n`,
      );
    });
  }

  it('says what comes back', async () => {
    const section = 'volumes=-v {project_root}:/app\nlive_back=reports/**, *.snap';
    const { stdout } = await dryRun(section, { sync: true });
    expect(stdout).to.match(/\n# what the container writes to reports\/\*\*, \*\.snap comes here\n$/);
  });

  it('refuses a folder that is not there, and a pattern that is none', async () => {
    expect(String((await dryRun('volumes=-v {project_root}/gone:/app', { sync: true })).error)).to.match(
      /gone is to be mounted, but there is nothing that could be kept current/,
    );
    for (const key of ['live_ignore', 'live_back'])
      expect(
        String((await dryRun(`volumes=-v {project_root}:/app\n${key}=a/[`, { sync: true })).error),
      ).to.match(/docker\/run\.cfg:\d+: the pattern a\/\[ cannot be read: /);
  });
});
