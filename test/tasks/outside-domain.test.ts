import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { compiled } from '../program.js';

describe('the work of a task in gulp', () => {
  it('is in no domain, and fails with what is thrown beside it', () => {
    const { status, stdout } = spawnSync(process.execPath, [compiled('test/tasks/thrown-aside.ts')], {
      encoding: 'utf8',
    });
    expect(stdout).to.equal('in a domain: false\ngulp hears: Error: thrown aside\n');
    expect(status).to.equal(0);
  });
});
