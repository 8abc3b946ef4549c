import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { describeImage, loadProject } from '../../../../lib/project/index.js';

describe('outputs of run.cfg', () => {
  let root: string;
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), 'outputs-'));
    mkdirSync(join(root, 'docker/app'), { recursive: true });
    writeFileSync(join(root, 'docker/app/Dockerfile'), 'FROM scratch\n');
  });
  afterEach(() => rmSync(root, { recursive: true, force: true }));

  function outputs(value: string) {
    writeFileSync(join(root, 'docker/run.cfg'), `[app]\noutputs=${value}\n`);
    const image = describeImage(loadProject({ root, env: {} }), 'app', { remote: false, env: { D: '/d' } });
    return image.outputs.map(({ from, to, within, origin }) => [from, to, within, origin?.line]);
  }

  it('are absolute on both sides, and say whether they were written as paths of the project', () => {
    expect(outputs('/app/reports/:reports\n  $D/x:../y "/a b:{project_root}/c d" /e:.')).to.eql([
      ['/app/reports', join(root, 'reports'), true, 2],
      ['/d/x', join(root, '../y'), false, 3],
      ['/a b', join(root, 'c d'), false, 3],
      ['/e', root, true, 3],
    ]);
  });

  for (const [value, sentence] of [
    ['reports:reports', 'takes an absolute path in the container'],
    ['/app/reports', 'takes an absolute path in the container'],
    ['/app/reports:', 'takes an absolute path in the container'],
    ['/x/..:all', 'names all of the container'],
  ] as const)
    it(`are refused with their line: ${value}`, () => {
      expect(() => outputs(value)).to.throw(`docker/run.cfg:2: outputs= of [app] ${sentence}`);
    });
});
