import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { OLDEST_NODE, requireNode } from '../../../lib/system/node-version.js';
import { userErrorOf } from '../project/projects.js';

describe('the version of Node', () => {
  it('that is needed is the one that package.json names', () => {
    const { engines } = JSON.parse(
      readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
    ) as { engines: { node: string } };
    expect(`${engines.node}.0`).to.equal(`>=${OLDEST_NODE}`);
  });

  it('that is too old is told in one sentence, with the one that is needed', () => {
    for (const version of ['18.20.8', '20.9.0', '9.0.0']) {
      const { code, message } = userErrorOf(() => requireNode(version));
      expect(code).to.equal('NODE_TOO_OLD');
      expect(message).to.contain('20.19.0 or newer').and.contain(version);
    }
    for (const version of ['20.19.0', '20.20.2', '100.0.0']) requireNode(version);
  });
});
