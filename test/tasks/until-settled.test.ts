import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

describe('work that nothing can go on with', () => {
  it('fails with a sentence, not with status 0', () => {
    const program = fileURLToPath(new URL('./stalled.ts', import.meta.url));
    const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', program], {
      encoding: 'utf8',
    });
    expect(stderr).to.match(/^The work came to a halt before its end: .*\n$/);
    expect(status).to.equal(1);
  });
});
