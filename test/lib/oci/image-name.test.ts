import { expect } from 'chai';
import { imageReference } from '../../../lib/oci/image-name.js';
import { userErrorOf } from '../project/projects.js';

describe('imageReference', () => {
  const good = [
    'a',
    'app-dev',
    'a.b_c__d--e',
    'team/app',
    'registry.example.com/team/app',
    'localhost/app',
    'localhost:5000/app',
    'Registry.Example.com:5000/app',
    'REGISTRY/app',
    '[::1]:5000/app',
    '127.0.0.1:5000/a/b/c',
    'a'.repeat(247),
    `a.b:5000/${'a'.repeat(255)}`,
  ];
  const bad = [
    '',
    'App',
    'team/App',
    '-a',
    'a-',
    'a..b',
    'a___b',
    'a._b',
    'a b',
    'a:b',
    'a@b',
    '/a',
    'a/',
    'a//b',
    'ä',
    'a\n',
    'a.example.com:port/x',
    'a'.repeat(248),
    `a.b:5000/${'a'.repeat(256)}`,
    'a..b/x',
    'a-.b/x',
    'a.b:5000/',
    'a.b:5000',
    'f'.repeat(64),
  ];
  for (const name of good) it(`takes ${name.slice(0, 40)}`, () => imageReference(name, 'latest'));
  for (const name of bad) {
    it(`refuses ${JSON.stringify(name.slice(0, 40))}`, () => {
      expect(userErrorOf(() => imageReference(name, 'latest')).code).to.equal('BAD_NAME');
    });
  }

  for (const tag of ['latest', '1.0', '_', 'A-b.c', 'a'.repeat(128)]) {
    it(`takes the tag ${tag.slice(0, 20)}`, () => imageReference('a', tag));
  }
  for (const tag of ['', '.a', '-a', 'a b', 'a/b', 'a:b', '1+2', 'é', 'a\n', 'a'.repeat(129)]) {
    it(`refuses the tag ${JSON.stringify(tag.slice(0, 20))}`, () => {
      expect(userErrorOf(() => imageReference('a', tag)).code).to.equal('BAD_TAG');
    });
  }

  it('answers at once on a long name that is wrong at its end', () => {
    const start = process.cpuUsage();
    expect(() => imageReference(`${'a'.repeat(200)}-`, 'x')).to.throw();
    const { user, system } = process.cpuUsage(start);
    expect(user + system).to.be.below(100_000);
  });
});
