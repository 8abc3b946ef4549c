import { expect } from 'chai';
import { parseDestination } from '../../../lib/publish/destination.js';
import { UserError } from '../../../lib/text/user-error.js';

describe('parseDestination', () => {
  const cases: [text: string, registry: string, path: string, tag: string][] = [
    ['app', 'docker.io', 'library/app', 'default'],
    ['team/app:1', 'docker.io', 'team/app', '1'],
    ['docker.io/team/app:1', 'docker.io', 'team/app', '1'],
    ['localhost/app', 'localhost', 'app', 'default'],
    ['localhost:5000/app', 'localhost:5000', 'app', 'default'],
    ['localhost:5000/team/app:2.0-rc_1', 'localhost:5000', 'team/app', '2.0-rc_1'],
    ['registry.example.com/a/b/c/d', 'registry.example.com', 'a/b/c/d', 'default'],
    ['[::1]:5000/app:1', '[::1]:5000', 'app', '1'],
  ];
  for (const [text, registry, path, tag] of cases) {
    it(`takes ${text} apart`, () => {
      const destination = parseDestination(text, { defaultTag: 'default' });
      expect(destination).to.include({ registry, path, tag });
      expect(destination.reference).to.equal(`${destination.repository}:${tag}`);
      expect(text.startsWith(destination.repository)).to.equal(true);
    });
  }

  it('lets a tag that is given win over that of the text', () => {
    const { reference } = parseDestination('r.example.com:5/app:old', { tag: 'new', defaultTag: 'default' });
    expect(reference).to.equal('r.example.com:5/app:new');
  });

  const refused: Record<string, RegExp> = {
    '': /empty/,
    'r.example.com/App': /capital/,
    'https://r.example.com/app': /no image name/,
    'r.example.com/app@sha256:0123456789': /digest/,
    'r.example.com/app:': /no image tag/,
    'r.example.com/app:-x': /no image tag/,
    'r.example.com/app:1+2': /no image tag/,
    'r.example.com//app': /no image name/,
    'r.example.com/': /no image name/,
    'r.example.com': /registry alone/,
    'r.example.com:5000': /registry alone/,
    'localhost:5000': /registry alone/,
    'a\nb': /no image name/,
  };
  for (const [text, sentence] of Object.entries(refused)) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      expect(() => parseDestination(text, { defaultTag: 'default' })).to.throw(UserError, sentence);
    });
  }
});
