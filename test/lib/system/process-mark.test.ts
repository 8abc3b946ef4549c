import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { hasEnded, processMark } from '../../../lib/system/process-mark.js';
import { onLinux } from '../../platform.js';

const DAY = 24 * 3600_000;

describe('the mark of a process', () => {
  it('says that it is there as long as it is', async () => {
    expect(hasEnded(processMark())).to.equal(false);
    const other = spawn(process.execPath, ['-e', '0']);
    await once(other, 'exit');
    expect(hasEnded(processMark().replace(`-${process.pid}-`, `-${other.pid}-`))).to.equal(true);
  });

  onLinux('processes', it)('is not that of another process of the same number', () => {
    expect(hasEnded(processMark().replace(/\d+$/, '1'))).to.equal(true);
  });

  it('from another machine counts for a day', () => {
    const mark = processMark().replace(/-[0-9a-f]{8}-/, '-00000000-');
    expect(hasEnded(mark)).to.equal(false);
    expect(hasEnded(mark, Date.now() + DAY + 1000)).to.equal(true);
  });

  it('is none of whatever else', () => {
    for (const text of ['', 'x', '-1-2-3', 'zz-00000000--']) expect(hasEnded(text)).to.equal(false);
  });
});
