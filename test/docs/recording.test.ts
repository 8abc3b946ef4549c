import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { framesOf } from '../../docs/recording/film.js';
import { piecesOf } from '../../docs/recording/terminal-lines.js';
import { terminalSvg } from '../../docs/recording/terminal-svg.js';

describe('a recording of a terminal', () => {
  it('has each piece of a line at its column, as it looks, also from one line to the next', () => {
    expect(piecesOf(['\x1b[1mbold\x1b[0m a  b', '\x1b[32m✔ ok', 'still\x1b[39m not'])).to.deep.equal([
      [
        { column: 0, text: 'bold', looks: ['bold'] },
        { column: 4, text: ' a', looks: [] },
        { column: 8, text: 'b', looks: [] },
      ],
      [{ column: 0, text: '✔ ok', looks: ['green'] }],
      [
        { column: 0, text: 'still', looks: ['green'] },
        { column: 5, text: ' not', looks: [] },
      ],
    ]);
  });

  it('shows what could be seen, and faster what took long', () => {
    const looks = [
      { text: 'a', at: 1000 },
      { text: 'a', at: 1900 },
      { text: 'b', at: 2000 },
      { text: 'c', at: 2100 },
      { text: 'd', at: 11_000 },
    ];
    expect(framesOf(looks, { longest: 20_000, rest: 5000 })).to.deep.equal([
      { lines: ['a'], milliseconds: 1000 },
      { lines: ['c'], milliseconds: 9000 },
      { lines: ['d'], milliseconds: 5000 },
    ]);
    const fast = framesOf(looks, { longest: 5000, rest: 5000 });
    expect(fast.map(({ milliseconds }) => milliseconds)).to.deep.equal([500, 4500, 5000]);
  });

  it('is an SVG without script, font or address, with all text escaped', () => {
    const frames = [
      { lines: ['<b>', ''], milliseconds: 500 },
      { lines: ['<b>', 'a & b'], milliseconds: 500 },
    ];
    const svg = terminalSvg(frames, { columns: 10, rows: 2 }, 'A <session>');
    expect(svg)
      .to.include('&lt;b&gt;')
      .and.include('a &amp; b')
      .and.include('<title>A &lt;session&gt;</title>');
    expect(svg.match(/&lt;b&gt;/g), 'a line that stays is there once').to.have.length(1);
    expect(svg).to.include('50% { transform: translateX(-').and.include('prefers-reduced-motion');
  });

  for (const name of ['session.svg', 'graph.svg']) {
    it(`is what README.md shows as docs/${name}, for light and dark pages`, () => {
      const svg = readFileSync(fileURLToPath(new URL(`../../docs/${name}`, import.meta.url)), 'utf8');
      const readme = readFileSync(fileURLToPath(new URL('../../README.md', import.meta.url)), 'utf8');
      expect(readme).to.include(`](docs/${name})`);
      expect(svg.length).to.be.below(200_000);
      expect(svg)
        .to.include('prefers-color-scheme: dark')
        .and.not.match(/<script|@font-face|@import|url\((?!#)/);
      expect([...svg.matchAll(/https?:\/\/[^\s"<]+/g)].map(String)).to.deep.equal([
        'http://www.w3.org/2000/svg',
      ]);
      expect(svg).not.to.match(/gulp-dockerutils-\w{6}|ssh-home-/);
    });
  }
});
