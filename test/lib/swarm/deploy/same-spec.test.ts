import { expect } from 'chai';
import { isSameSpec } from '../../../../lib/swarm/deploy/same-spec.js';
import { parseServiceLine } from '../../../../lib/swarm/flags/index.js';

const SIGN = '--label=gulp-dockerutils.spec=abc';
const spec = (...words: string[]) => parseServiceLine([SIGN, ...words, 'img', 'serve', 'all']).spec;

/** As a swarm keeps it. */
function stored(...words: string[]): Record<string, unknown> {
  const { TaskTemplate, ...rest } = spec(...words);
  const ContainerSpec = { ...TaskTemplate.ContainerSpec, Isolation: 'default' };
  const text = JSON.stringify({
    ...rest,
    TaskTemplate: { ...TaskTemplate, ContainerSpec, Runtime: 'container' },
  });
  return JSON.parse(text) as Record<string, unknown>;
}

describe('a service that is what it is to be', () => {
  it('may have what a swarm adds, and lists in another order', () => {
    expect(isSameSpec(stored('-e', 'A=1', '-e', 'B=2'), spec('-e', 'A=1', '-e', 'B=2'))).to.equal(true);
    expect(isSameSpec(stored('-e', 'B=2', '-e', 'A=1'), spec('-e', 'A=1', '-e', 'B=2'))).to.equal(true);
  });

  it('was made from the same', () => {
    const other = { ...stored(), Labels: { 'gulp-dockerutils.spec': 'abd' } };
    expect(isSameSpec(other, spec())).to.equal(false);
    expect(isSameSpec({ ...stored(), Labels: {} }, spec())).to.equal(false);
  });

  it('was not changed by hand since', () => {
    const changes: string[][] = [
      ['--replicas', '4'],
      ['-e', 'A=2'],
      ['-e', 'A=1', '-e', 'B=2'],
      ['--limit-memory', '64m'],
    ];
    const wanted = ['--replicas', '3', '-e', 'A=1', '--limit-memory', '32m'];
    for (const change of changes)
      expect(isSameSpec(stored(...wanted, ...change), spec(...wanted)), change.join(' ')).to.equal(false);
    const { TaskTemplate } = stored() as { TaskTemplate: { ContainerSpec: object } };
    const turned = {
      ...TaskTemplate,
      ContainerSpec: { ...TaskTemplate.ContainerSpec, Args: ['all', 'serve'] },
    };
    expect(isSameSpec({ ...stored(), TaskTemplate: turned }, spec())).to.equal(false);
  });
});
