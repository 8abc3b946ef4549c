import { expect } from 'chai';
import { displayWidth, formatAge, renderTable } from '../../../lib/report/index.js';

describe('renderTable', () => {
  const rows = [
    ['IMAGE', 'SIZE', 'VERSION'],
    ['app', '1.2GB', '1.2.0+3.g0123abc.dirty'],
    ['数据科学', '9B', ''],
  ];

  it('makes each column as wide as its widest cell', () => {
    expect(renderTable(rows, [1])).to.deep.equal([
      'IMAGE      SIZE  VERSION',
      'app       1.2GB  1.2.0+3.g0123abc.dirty',
      '数据科学     9B',
    ]);
  });

  it('cuts the widest column where the rows do not fit', () => {
    const lines = renderTable(rows, [1], { columns: 30 });
    expect(lines[1]).to.equal('app       1.2GB  1.2.0+3.g012…');
    for (const line of lines) expect(displayWidth(line)).to.be.at.most(30);
  });

  it('does not cut columns to nothing', () => {
    expect(renderTable([['abcdefghij', 'klmnopqrst']], [], { columns: 3 })).to.deep.equal([
      'abcdefg…  klmnopq…',
    ]);
  });

  it('counts no colour as width, and leaves none switched on', () => {
    const green = (text: string) => `\x1b[32m${text}\x1b[39m`;
    const [line] = renderTable([[green('abcdefghijkl'), 'x']], [], { columns: 12 });
    expect(line).to.equal(`${green('abcdefgh…')}  x`);
    expect(displayWidth(line!)).to.equal(12);
  });
});

describe('formatAge', () => {
  const now = new Date('2026-11-22T12:00:00Z');
  const ages: [string, string][] = [
    ['2026-11-22T12:00:30Z', 'just now'],
    ['2026-11-22T11:59:30Z', 'just now'],
    ['2026-11-22T11:59:00Z', '1 minute'],
    ['2026-11-22T10:30:00Z', '90 minutes'],
    ['2026-11-22T09:59:00Z', '2 hours'],
    ['2026-11-20T11:00:00Z', '2 days'],
    ['2026-10-22T11:00:00Z', '4 weeks'],
    ['2026-08-22T11:00:00Z', '3 months'],
    ['2020-01-01T00:00:00Z', '6 years'],
  ];
  for (const [date, age] of ages) {
    it(`${date} is ${age}`, () => expect(formatAge(new Date(date), now)).to.equal(age));
  }
});
