import { spawnSync } from 'node:child_process';
import { expect } from 'chai';
import { compiled } from '../program.js';

describe('work that nothing can go on with', () => {
  it('fails with a sentence, not with status 0', () => {
    const program = compiled('test/tasks/stalled.ts');
    const { status, stderr } = spawnSync(process.execPath, [program], { encoding: 'utf8' });
    expect(stderr).to.match(/^The work came to a halt before its end: .*\n$/);
    expect(status).to.equal(1);
  });
});
