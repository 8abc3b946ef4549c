import { expect } from 'chai';
import fc from 'fast-check';
import { linearMatcher } from '../../../lib/ignore/linear-match.js';
import { parsePattern } from '../../../lib/ignore/pattern.js';

describe('a pattern of many stars', () => {
  it('ends in no time, whatever the name', () => {
    const matches = (name: string) => parsePattern('*a*a*a*a*a*a*a*a*a*ab')?.matches(name);
    const started = performance.now();
    expect(matches('a'.repeat(61))).to.equal(false);
    expect(matches('a'.repeat(60) + 'b')).to.equal(true);
    expect(parsePattern('**/a/**/a/**/a/**/b')?.matches('a/'.repeat(2000))).to.equal(false);
    expect(performance.now() - started).to.be.below(2000);
  });

  for (const part of ['*a', '?*', '**/', '[a-b]*', 'a*', '**/x?'])
    it(`that is ${part} again and again needs little of the processor`, () => {
      const pattern = parsePattern(`${part.repeat(100_000 / part.length)}b`);
      const used = process.cpuUsage();
      for (const path of ['a', 'a/b/c.pyc', 'a'.repeat(4096), 'a/'.repeat(2048)]) pattern?.matches(path);
      const { user, system } = process.cpuUsage(used);
      expect(user + system).to.be.below(2e6);
    });

  it('matches what the same pattern would as a RegExp', () => {
    const part = fc.constantFrom(
      '[^/]*',
      '(.*/)?',
      '.*',
      '[^/]',
      'a',
      'b',
      '/',
      '\\.',
      '[a-c]',
      '[^a]*',
      '^',
      '\\b',
    );
    const expression = fc.array(part, { maxLength: 8 }).map((parts) => parts.join(''));
    const text = fc.string({ unit: fc.constantFrom('a', 'b', '/', '.', '\n', '🐳'), maxLength: 9 });
    fc.assert(
      fc.property(expression, text, (source, path) => {
        expect(linearMatcher(source)(path)).to.equal(new RegExp(`^(?:${source})$`, 'u').test(path));
      }),
      { numRuns: 3000 },
    );
  });
});
