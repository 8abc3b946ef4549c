import { expect } from 'chai';
import { readWanted } from '../../../lib/files/patterns.js';
import { UserError } from '../../../lib/text/user-error.js';

describe('patterns of files in an image', () => {
  const placed = (...patterns: string[]) =>
    readWanted(patterns).patterns.map(({ place, base }) => [place, base]);

  it('say where to look, and what paths are relative to', () => {
    expect(placed('/app/dist/**', '/app/*.js', '/a/b.txt', '/**', '/x/')).to.eql([
      ['/app/dist', '/app/dist'],
      ['/app', '/app'],
      ['/a/b.txt', '/a'],
      ['/', '/'],
      ['/x', '/'],
    ]);
  });

  it('match what they name, and leave out what has a "!"', () => {
    const { patterns, isLeftOut } = readWanted(['/app/**/*.js', '!/app/**/*.min.js']);
    const of = (path: string) => [patterns[0]!.matches(path), isLeftOut(path)];
    expect(of('/app/a.js')).to.eql([true, false]);
    expect(of('/app/.b/c/a.min.js')).to.eql([true, true]);
    expect(of('/other/a.js')).to.eql([false, false]);
    expect(of('/app/a.css')).to.eql([false, false]);
  });

  for (const [patterns, sentence] of [
    [['dist/**'], 'no absolute path'],
    [['!dist'], 'no absolute path'],
    [[], 'is missing'],
    [['!/dist/**'], 'is missing'],
    [['/a/{b,c}'], 'one pattern for each'],
    [['/a/@(b)'], 'one pattern for each'],
    [['/a/[b'], 'is no pattern'],
  ] as const)
    it(`are refused: ${JSON.stringify(patterns)}`, () => {
      expect(() => readWanted(patterns)).to.throw(UserError, sentence);
    });
});
