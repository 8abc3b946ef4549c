import { expect } from 'chai';
import { colouredLine, displayWidth, truncate } from '../../../lib/report/text.js';

describe('displayWidth', () => {
  for (const [text, width] of [
    ['', 0],
    ['plain', 5],
    ['\x1b[1;32mgreen\x1b[0m', 5],
    ['日本語', 6],
    ['한국어', 6],
    ['e\u0301', 1],
    ['✨', 2],
    ['👨‍👩‍👧', 2],
    ['🇫🇷', 2],
    ['✔ done', 6],
    ['│', 1],
    ['ｆｕｌｌ', 8],
    ['a\u200bb', 2],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${width}`, () => expect(displayWidth(text)).to.equal(width));
  }
});

describe('truncate', () => {
  it('leaves a text that fits', () => expect(truncate('12345', 5)).to.equal('12345'));
  it('marks where it cut', () => expect(truncate('123456', 5)).to.equal('1234…'));
  it('cuts no wide character in two', () => expect(truncate('日本語', 4)).to.equal('日…'));
  it('leaves no colour switched on', () =>
    expect(truncate('\x1b[32mgreen grass\x1b[39m', 6)).to.equal('\x1b[32mgreen…\x1b[39m'));
  it('never takes more than it may', () => {
    for (const text of ['日本語 and English', '👨‍👩‍👧 family', 'plain text']) {
      for (let columns = 0; columns < 20; columns++) {
        expect(displayWidth(truncate(text, columns, '...'))).to.be.at.most(columns);
      }
    }
  });
});

describe('colouredLine', () => {
  for (const [text, shown] of [
    ['ends\r\n', 'ends'],
    ['10%\r50%\r100%', '100%'],
    ['\x1b[31mred\x1b[0m', '\x1b[31mred\x1b[0m'],
    ['\x1b[2J\x1b[1;1Hcleared', 'cleared'],
    ['\x1b]0;title\x07text', 'text'],
    ['bell\x07', 'bell'],
    ['a\tb', 'a    b'],
  ] as const) {
    it(`of ${JSON.stringify(text)} is ${JSON.stringify(shown)}`, () =>
      expect(colouredLine(text)).to.equal(shown));
  }
});
