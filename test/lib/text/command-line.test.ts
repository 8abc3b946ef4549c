import { execFileSync } from 'node:child_process';
import { expect } from 'chai';
import fc from 'fast-check';
import { split } from 'shlex';
import { commandLine, programLine, shellQuote } from '../../../lib/text/command-line.js';
import { maskSecrets } from '../../../lib/text/secrets.js';
import { ESCAPES } from '../../broken-engine.js';
import { onPlatform } from '../../platform.js';

describe('commandLine', () => {
  it('quotes as little as a person would', () => {
    const cases: [string, string][] = [
      ['-p', '-p'],
      ['8080:80/tcp', '8080:80/tcp'],
      ['A=b', 'A=b'],
      ['A=b c', "A='b c'"],
      ['--env=A=b c', "--env=A='b c'"],
      ['', "''"],
      ["it's", `"it's"`],
      [`it's $5`, `'it'\\''s $5'`],
      ['~/x', "'~/x'"],
      ['*.txt', "'*.txt'"],
      ['A=', 'A='],
      ['a;b', "'a;b'"],
      ['{{.State}}', "'{{.State}}'"],
      ['#x', "'#x'"],
      ['1=2 3', "'1=2 3'"],
    ];
    for (const [word, shown] of cases) expect(shellQuote(word), word).to.equal(shown);
  });

  it('quotes for PowerShell on Windows', () =>
    onPlatform('win32', () => {
      const cases: [string, string][] = [
        ['-p', '-p'],
        ['8080:80/tcp', '8080:80/tcp'],
        ['C:\\work:/app', 'C:\\work:/app'],
        ['A=b', 'A=b'],
        ['A=b c', "'A=b c'"],
        ['--env=a.b', "'--env=a.b'"],
        ['type=bind,source=.', "'type=bind,source=.'"],
        ['', "''"],
        ["it's $5", "'it''s $5'"],
        ['@x', "'@x'"],
        ['ssh://ada@box', 'ssh://ada@box'],
        ['./before', './before'],
        ['..\\a b', "'..\\a b'"],
        ['.', "'.'"],
        ['{{.State}}', "'{{.State}}'"],
        ['a\u001b[31m', "('a'+[char]27+'[31m')"],
      ];
      for (const [word, shown] of cases) expect(commandLine([word]), word).to.equal(shown);
      expect(commandLine(['-e', 'TOKEN=abc def'])).to.equal('-e TOKEN=***');
      expect(programLine(['C:\\Program Files\\x', 'a'])).to.equal("& 'C:\\Program Files\\x' a");
      expect(programLine(['./x', 'a b'])).to.equal("./x 'a b'");
    }));

  it('gives words that a POSIX shell and a splitter of words take back', () => {
    const text = fc.array(fc.stringMatching(/^[ -~äé\n\t]*$/), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(text, (words) => {
        expect(split(words.map(shellQuote).join(' '))).to.deep.equal(words);
      }),
      { numRuns: 500 },
    );
    const words = [
      '',
      ' ',
      "'",
      '"',
      `'"'`,
      '$HOME',
      '`id`',
      '\\',
      '!',
      'A=~',
      '-e',
      'a\nb',
      '{a,b}',
      '*',
      '?',
      '[x]',
      '&',
    ];
    const script = `printf '%s\\0' ${words.map(shellQuote).join(' ')}`;
    expect(execFileSync('sh', ['-c', script], { encoding: 'utf8' })).to.equal(
      words.map((word) => `${word}\0`).join(''),
    );
  });

  it('lets printf write what a terminal would obey, in words that every POSIX shell takes back', () => {
    expect(shellQuote('A=red \x1b[31m')).to.equal(`A='red '"$(printf '\\033')"'[31m'`);
    const words = [
      ESCAPES,
      'A=\x1b',
      '\x1b\n',
      '\r\n',
      "it's \x07",
      '%s\\033\x1b%%',
      'a\u202eb',
      '\x9b\x9c',
      '-e',
    ];
    const line = commandLine(words, shellQuote);
    expect(line).not.to.match(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e]/);
    for (const shell of ['sh', 'bash'])
      expect(execFileSync(shell, ['-c', `printf '%s\\0' ${line}`], { encoding: 'utf8' }), shell).to.equal(
        words.map((word) => `${word}\0`).join(''),
      );
  });

  it('leaves the value of a secret out', () => {
    const line = commandLine([
      'docker',
      'run',
      '-e',
      'DB_PASSWORD=a b',
      '-eNPM_TOKEN=x',
      '--env=apiKey=x',
      '--build-arg',
      'AWS_ACCESS_KEY_ID=x',
      'img',
    ]);
    expect(line).to.equal(
      'docker run -e DB_PASSWORD=*** -eNPM_TOKEN=*** --env=apiKey=*** --build-arg AWS_ACCESS_KEY_ID=*** img',
    );
    expect(commandLine(['img', 'login', '--password', 'x', '--user', 'joe'])).to.equal(
      'img login --password *** --user joe',
    );
  });
});

describe('maskSecrets', () => {
  const hidden = [
    'PGPASSWORD=hunter2',
    'MYSQL_PWD=hunter2',
    'dbPassword=hunter2',
    'GITHUB_TOKEN=hunter2',
    'SECRET_KEY_BASE=hunter2,x',
    'com.example.auth=hunter2',
    'URL=https://joe:hunter2@example.com/x',
    'https://:hunter2@example.com',
    'type=volume,volume-opt=o=username=joe,password=hunter2,dst=/x',
    'JAVA_OPTS=-Dkeystore.password=hunter2 -Dx=y',
    'Authorization: Bearer hunter2',
    '-H "Authorization: Basic hunter2"',
    'token=\nhunter2',
    'TOKEN1=hunter2',
    'PASSWORD2=hunter2',
    'GITHUB_PAT=hunter2',
    'JWT=hunter2',
    'https://hunter2@example.com/a.git',
    'URL=http://joe:a/hunter2@example.com',
    'http://joe:a@hunter2@example.com',
    'http://joe:hunter2@a,http://joe:hunter2@b',
  ];
  const shown = [
    'A=b',
    'PASSWORD_FILE=/run/secrets/db',
    'SSH_AUTH_SOCK=/tmp/agent',
    'id=npm,src=/home/joe/.npmrc',
    'author=Joe',
    'DB_PASSWORD',
    '--secret=id=npm,env=NPM_TOKEN',
    'http://example.com:8080/x@y',
    'git@github.com:a/b',
    'keyboard=de',
    'ssh://joe@example.com/a',
    'PATH=/bin',
    'COMPAT=1',
    '',
  ];

  it('hides what looks like one', () => {
    for (const word of hidden)
      expect(maskSecrets(word), word).to.include('***').and.not.to.include('hunter2');
  });

  it('leaves the rest as it is', () => {
    for (const word of shown) expect(maskSecrets(word), word).to.equal(word);
  });
});
