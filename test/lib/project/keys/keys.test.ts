import { expect } from 'chai';
import { describeImage, type KeyName, KEYS, loadProject } from '../../../../lib/project/index.js';
import { spellingOf } from '../../../../lib/project/keys/keys.js';
import { projectWith, removeProjects } from '../projects.js';

describe('the table of keys', () => {
  after(removeProjects);

  for (const key of Object.keys(KEYS) as KeyName[]) {
    it(`has an example of ${key} that works`, () => {
      const env = { USER: 'alice', HOME: '/home/alice' };
      const { example } = KEYS[key];
      const sections = { env: [example], depends_on: ['db', 'migrate'] } as Partial<
        Record<KeyName, string[]>
      >;
      const variables = (sections[key] ?? []).map((name) => `[${name}]\nname=base\n`).join('');
      const describeDev = (section: string) => {
        const project = loadProject({ root: projectWith(`[dev]\n${section}\n${variables}`), env });
        const image = describeImage(project, 'dev', { remote: false, env });
        return JSON.stringify(image, (name, value: unknown) =>
          name === 'folder' || name === 'dockerfile' ? undefined : value,
        );
      };
      // An example that changes nothing shows nothing; `name` has the default for example.
      if (key !== 'name') expect(describeDev(`${spellingOf(key)}=${example}`)).to.not.equal(describeDev(''));
      expect(KEYS[key].meaning).to.not.match(/\.$/);
    });
  }
});
