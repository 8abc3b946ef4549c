import { join } from 'node:path';
import { expect } from 'chai';
import { computeVersion } from '../../lib/version/index.js';
import { createContext } from '../../tasks/context.js';
import { type Builds, planBuilds, type Scope } from '../../tasks/plan-builds.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { address, env } from './nowhere.js';

async function buildsOf(root: string, scope: Scope): Promise<Builds> {
  const context = createContext({ root, env, argv: [] }, 'a test', {});
  return planBuilds(context, scope, {}, { address, version: await computeVersion(root, { env }) });
}

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
    const builds = await buildsOf(root, { image: 'app', bases: 'too' });
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

describe('the files that the engine keeps of a context', () => {
  after(removeProjects);

  it('are shared by the images that take the same ones, whichever is built', async () => {
    const root = makeProject({
      'docker/app/Dockerfile': 'FROM busybox AS builder\nCOPY src /\nFROM builder\nCOPY etc /etc\n',
      'docker/dev/Dockerfile': 'FROM busybox\nCOPY . /app\n',
      'docker/notebook/Dockerfile': 'FROM busybox\nCOPY . /work\n',
    });
    const keysOf = async (scope: Scope, name: string) =>
      (await buildsOf(root, scope)).plan(name).steps.map(({ contextKey }) => contextKey);
    expect(await keysOf('all', 'dev')).to.deep.equal(await keysOf({ image: 'notebook' }, 'notebook'));
    const ofApp = await keysOf('all', 'app');
    expect(new Set([...ofApp, ...(await keysOf('all', 'dev'))])).to.have.property('size', 3);
  });
});
