import { expect } from 'chai';
import { publishAny, transferAny } from '../../tasks/any-image.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { standardOutput } from './standard-output.js';

describe('an image by the name that docker has for it', () => {
  const cwd = process.cwd();
  const { DOCKER_REPOSITORY, LOGNAME } = process.env;
  before(() => {
    const root = makeProject({ 'docker/app/Dockerfile': 'FROM scratch\n' }, 'proj');
    process.chdir(root);
    Object.assign(process.env, { DOCKER_REPOSITORY: 'reg.example', LOGNAME: 'ada' });
  });
  after(() => {
    process.chdir(cwd);
    removeProjects();
    for (const [name, value] of Object.entries({ DOCKER_REPOSITORY, LOGNAME })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  for (const [name, line] of [
    ['app', 'docker tag proj-app:ada reg.example/proj-app:'],
    ['proj-app', 'docker tag proj-app:ada reg.example/proj-app:'],
    ['proj-app:t7', 'docker tag proj-app:t7 reg.example/proj-app:'],
    ['busybox', 'docker tag busybox:latest reg.example/busybox:latest\n'],
    ['quay.io/team/tool:1', 'docker tag quay.io/team/tool:1 reg.example/team/tool:1\n'],
  ] as const) {
    it(`is published: ${name}`, async () => {
      const { stdout, error } = await standardOutput(publishAny(name, { dryRun: true }));
      expect(error).to.equal(undefined);
      expect(stdout).to.include(line);
    });
  }

  it('may be given as --image-name, with its tag', async () => {
    const { stdout } = await standardOutput(publishAny('app', { imageName: 'other:t7', dryRun: true }));
    expect(stdout).to.include('docker tag other:t7 reg.example/other:');
  });

  it('is none of docker where it is a slip in the name of one of the project', () => {
    expect(() => publishAny('ap', {})).to.throw('unknown image "ap" (did you mean "app"?)');
    expect(() => transferAny('ap', {})).to.throw('unknown image "ap" (did you mean "app"?)');
  });

  it('is transferred, its tag or none', async () => {
    for (const name of ['busybox', 'proj-app', 'proj-app:t7', 'quay.io/team/tool:1']) {
      const { error } = await standardOutput(transferAny(name, { dryRun: true }));
      expect(error?.message, name).to.match(/^Nothing says where to send/);
    }
  });
});
