import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { PAGES } from '../../docs/generate.js';
import { KEYS, type KeyName, spellingOf } from '../../lib/project/keys.js';
import { describeImage, loadProject } from '../../lib/project/index.js';
import { projectWith, removeProjects } from '../lib/project/projects.js';

describe('The pages that are made from code', () => {
  for (const { name, file, text } of PAGES) {
    it(`docs/${name} is what docs/generate.ts makes of the code: run it when this fails`, async function () {
      this.timeout(300_000); // the code of the whole package is parsed, on whatever machine
      expect(readFileSync(file, 'utf8')).to.equal(await text());
    });
  }
});

describe('docs/run-cfg.md', () => {
  after(removeProjects);

  it('gives examples that the reader takes', () => {
    const lines = (Object.keys(KEYS) as KeyName[]).map((key) => `${spellingOf(key)}=${KEYS[key].example}`);
    const root = projectWith(`[dev]\n${lines.join('\n')}\n[dev_variables]\nA=b\n`);
    const env = { USER: 'alice', HOME: '/home/alice' };
    const image = describeImage(loadProject({ root, env }), 'dev', { remote: false, env });
    expect(image).to.include({ tag: 'experiment.2017.12.16', repository: 'dev', pullFromOnForce: true });
  });
});
