import { expect } from 'chai';
import { maskSecrets } from '../../../lib/text/secrets.js';
import { UserError } from '../../../lib/text/user-error.js';

describe('a UserError', () => {
  const cases: [string, string][] = [
    ['"tcp://bob:hunter2@host:x" is none', '"tcp://bob:***@host:x" is none'],
    ['it said https://tok@host/v2/ and http://u:a/b@h.', 'it said https://***@host/v2/ and http://u:***@h.'],
    ['curl -H "Authorization: Bearer hunter2" x', 'curl -H "Authorization: Bearer ***" x'],
    ['https://u:p\x1b[0m@host', 'https://u:***@host'],
    ['tcp://host:2375 (alice@host) and ssh://a@b:22/x', 'tcp://host:2375 (alice@host) and ssh://a@b:22/x'],
  ];
  for (const [message, shown] of cases)
    it(`shows of ${JSON.stringify(message)} no password`, () => {
      expect(new UserError('X', message).message).to.equal(shown);
    });
});

describe('maskSecrets', () => {
  const cases: [string, string][] = [
    ['A=b,TOKEN="abc def', 'A=b,TOKEN=***'],
    ["sh -c TOKEN='abc def", 'sh -c TOKEN=***'],
    ['x TOKEN="a\\"b" c', 'x TOKEN=*** c'],
    ['x TOKEN=abc"d e"f g', 'x TOKEN=*** g'],
    ['x TOKEN=a\\ b c', 'x TOKEN=*** c'],
    ['["A=b", "TOKEN=a\\"b", "C=d"]', '["A=b", "TOKEN=***", "C=d"]'],
    [`"A=b TOKEN='c d' e"`, '"A=b TOKEN=*** e"'],
    [`it's, TOKEN=x y`, `it's, TOKEN=*** y`],
    ['TOKEN=a,b c', 'TOKEN=***'],
  ];
  for (const [word, shown] of cases)
    it(`shows ${word} as ${shown}`, () => expect(maskSecrets(word)).to.equal(shown));

  it('knows a tag in front of a digest', () => {
    const image = `docker-image://alpine:3@sha256:${'a'.repeat(64)}`;
    expect(maskSecrets(image)).to.equal(image);
  });

  it('takes any number of them', () => {
    expect(maskSecrets('a,'.concat('TOKEN=x,'.repeat(50_000)))).to.equal(
      'a,'.concat('TOKEN=***,'.repeat(50_000)),
    );
  });
});
