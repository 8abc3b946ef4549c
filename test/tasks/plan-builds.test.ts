import { join } from 'node:path';
import { expect } from 'chai';
import { computeVersion } from '../../lib/version/index.js';
import { createContext } from '../../tasks/context.js';
import { planBuilds } from '../../tasks/plan-builds.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';

describe('what is built from the Dockerfile that -f of build_args names', () => {
  after(removeProjects);

  it('is ordered, supplied with images and given a version by that one', async () => {
    const root = makeProject({
      'docker/base/Dockerfile': 'FROM busybox\n',
      'docker/app/Dockerfile': 'FROM busybox\n',
      'docker/app/Dockerfile.gpu':
        'ARG BASE_IMAGE\nFROM base AS first\nFROM ${BASE_IMAGE}\nCOPY --from=first /etc/passwd /\n',
      'docker/run.cfg': '[app]\nbuild_args=-f docker/app/Dockerfile.gpu\n',
    });
    const env = { PATH: process.env.PATH, USER: 'ada', HOME: '/home/ada' };
    const context = createContext({ root, env, argv: [] }, 'a test', {});
    const address = {
      target: { kind: 'unix', path: '/nowhere.sock' },
      url: 'unix:///nowhere.sock',
      origin: 'a test',
      remote: false,
      cliFlags: [],
    } as const;
    const version = await computeVersion(root, { env });
    const builds = await planBuilds(context, { image: 'app', bases: 'too' }, {}, { address, version });
    expect(builds.names).to.deep.equal(['base', 'app']);
    // By these it is decided whether the build is given a version file.
    expect(builds.dockerfiles[1]).to.equal(join(root, 'docker/app/Dockerfile.gpu'));
    const { dockerfile, steps } = builds.plan('app');
    expect(dockerfile.shown).to.equal('docker/app/Dockerfile.gpu');
    const base = 'my-project-base:ada';
    expect(steps.at(-1)?.flags).to.deep.include({
      buildArgs: { BASE_IMAGE: base },
      contexts: { base: `docker-image://${base}` },
    });
  });
});
