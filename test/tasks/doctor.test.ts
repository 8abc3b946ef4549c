import { expect } from 'chai';
import type { EngineFacts } from '../../lib/engine/types.js';
import { createContext } from '../../tasks/context.js';
import { projectChapter } from '../../tasks/doctor/project.js';
import { makeProject, removeProjects } from '../lib/project/projects.js';
import { address, env } from './nowhere.js';

const NEW: EngineFacts = {
  maker: 'docker',
  version: '28.5.2',
  apiVersion: '1.51',
  os: 'linux',
  arch: 'amd64',
  buildkit: true,
  store: 'containerd',
  runtimes: [],
  rootless: false,
};
const OLD: EngineFacts = { ...NEW, version: '20.10.24', apiVersion: '1.41', store: 'graphdriver' };

describe('doctor', () => {
  after(removeProjects);

  async function wrongOn(facts: EngineFacts | undefined): Promise<string[]> {
    const root = makeProject({
      'docker/base/Dockerfile': 'FROM busybox\n',
      'docker/app/Dockerfile': 'FROM base\n',
    });
    const context = createContext({ root, env, argv: [] }, 'doctor', {});
    const { findings } = await projectChapter(context, address, Promise.resolve(facts));
    return findings.filter(({ state }) => state === 'wrong').map(({ text }) => text);
  }

  it('says what an engine cannot build that does not know what a Dockerfile asks of it', async () => {
    expect(await wrongOn(NEW)).to.deep.equal([]);
    expect(await wrongOn(undefined)).to.deep.equal([]);
    const [sentence, ...others] = await wrongOn(OLD);
    expect(sentence).to.match(/^app takes files from base by name, which engine 20\.10\.24 does not know/);
    expect(others).to.deep.equal([]);
  });
});
