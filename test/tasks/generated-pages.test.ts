import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { runConfigReference } from '../../docs/generate/run-cfg.js';
import { describeImage, loadProject } from '../../lib/project/index.js';
import { type KeyName, KEYS, spellingOf } from '../../lib/project/keys/keys.js';
import { projectWith, removeProjects } from '../lib/project/projects.js';

describe('docs/run-cfg.md', () => {
  after(removeProjects);

  // docs/api.md, which takes a parser of the whole package, is held by `gulp pages` beside the lint.
  it('is what docs/generate.ts makes of the code: run it when this fails', () => {
    const page = new URL('../../docs/run-cfg.md', import.meta.url);
    expect(readFileSync(page, 'utf8')).to.equal(runConfigReference());
  });

  it('gives examples that the reader takes', () => {
    const lines = (Object.keys(KEYS) as KeyName[]).map((key) => `${spellingOf(key)}=${KEYS[key].example}`);
    const root = projectWith(`[dev]\n${lines.join('\n')}\n[dev_variables]\nA=b\n[db]\n[migrate]\n`);
    const env = { USER: 'alice', HOME: '/home/alice' };
    const image = describeImage(loadProject({ root, env }), 'dev', { remote: false, env });
    expect(image).to.include({ tag: 'experiment.2017.12.16', repository: 'dev', pullFromOnForce: true });
  });
});
