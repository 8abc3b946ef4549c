import { expect } from 'chai';
import { type ProjectVersion, toldVersion } from '../../../lib/version/index.js';
import { UNKNOWN } from '../../../lib/version/types.js';

describe('a version, as people are told', () => {
  const told = (version: string, { scheme, source }: Pick<ProjectVersion, 'scheme' | 'source'>) =>
    toldVersion({ dictionary: { ...UNKNOWN, version }, scheme, source, warnings: [] });

  it('has the tool that the project is configured for, and where it was found', () => {
    expect(told('1.2', { scheme: 'versioneer', source: 'git' })).to.equal('1.2 (versioneer, from git)');
  });

  it('says of neither what is none', () => {
    expect(told('1.2', { scheme: 'git', source: 'git' })).to.equal('1.2 (from git)');
    expect(told('0+unknown', { scheme: 'git', source: 'none' })).to.equal('0+unknown');
  });
});
