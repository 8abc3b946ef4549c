import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from 'chai';
import { Told } from '../../../lib/live/told.js';
import type { Report } from '../../../lib/report/types.js';

describe('what is told of a sync', () => {
  it('is one line for many saves, and once what is wrong', async () => {
    const lines: string[] = [];
    const report: Report = {
      command: () => undefined,
      info: (line) => lines.push(line),
      warn: (line) => lines.push(`! ${line}`),
      activity: () => ({ line() {}, item() {}, done() {}, failed() {} }),
      suspend: () => () => undefined,
    };
    const told = new Told(report);
    for (const path of ['a', 'b', 'a']) told.sent(path);
    told.removed('gone');
    told.complain('x was not synced.');
    told.complain('x was not synced.');
    await sleep(300);
    for (let number = 0; number < 1000; number++) told.sent(`file${number}`);
    told.flush();
    expect(lines).to.deep.equal([
      '! x was not synced.',
      'synced a, b',
      'took away gone',
      'synced 1000 files: file0, file1, file2 …',
    ]);
  });
});
