import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { createReport } from '../../../lib/report/index.js';

describe('a report on a terminal', () => {
  for (const [columns, rows] of [
    [80, 1],
    [80, 0],
    [0, 0],
    [1, 24],
    [1, 1],
  ] as const) {
    it(`goes on where it has ${columns} columns and ${rows} rows`, () => {
      const stream = Object.assign(new PassThrough(), { isTTY: true, columns, rows });
      const out = stream as unknown as NodeJS.WriteStream;
      const report = createReport({ stream: out, out, env: { TERM: 'xterm' } });
      const activity = report.activity('build:dev');
      activity.item('one', { label: 'RUN true', state: 'running' } as never);
      activity.line('told');
      report.info('said');
      activity.done('built');
      expect(String(stream.read())).to.include('told').and.to.include('said').and.to.include('built');
    });
  }
});
