import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import {
  fingerprint,
  type HostKey,
  judgeHostKey,
  knownHostsLine,
  knownKeyTypes,
  parseHostKey,
} from '../../../../../../lib/engine/connect/ssh/in-process/known-hosts.js';

/** Keys of the right form; no server needs them. */
function key(type: string, content: string): HostKey {
  const length = (size: number) => Buffer.from([0, 0, 0, size]);
  const blob = Buffer.concat([
    length(type.length),
    Buffer.from(type),
    length(content.length),
    Buffer.from(content),
  ]);
  return parseHostKey(blob);
}

describe('known_hosts', () => {
  const ed = key('ssh-ed25519', 'the right one');
  const otherEd = key('ssh-ed25519', 'another one');
  const rsa = key('ssh-rsa', 'the right one');
  const text = ({ type, blob }: HostKey) => `${type} ${blob.toString('base64')}`;

  const cases: [what: string, file: string, host: string, port: number, verdict: string][] = [
    ['an empty file', '', 'box', 22, 'unknown'],
    ['the machine', `box ${text(ed)}`, 'box', 22, 'known'],
    ['a name in capitals', `box ${text(ed)}`, 'BOX', 22, 'known'],
    ['a comment behind', `box ${text(ed)} me@here`, 'box', 22, 'known'],
    ['another machine', `crate ${text(ed)}`, 'box', 22, 'unknown'],
    ['several names', `crate,box,10.0.0.1 ${text(ed)}`, '10.0.0.1', 22, 'known'],
    ['a pattern', `*.example.com ${text(ed)}`, 'a.example.com', 22, 'known'],
    [
      'a pattern with an exception',
      `*.example.com,!a.example.com ${text(ed)}`,
      'a.example.com',
      22,
      'unknown',
    ],
    ['a port', `[box]:2222 ${text(ed)}`, 'box', 2222, 'known'],
    ['another port', `[box]:2222 ${text(ed)}`, 'box', 2223, 'unknown'],
    ['a port where 22 is meant', `[box]:2222 ${text(ed)}`, 'box', 22, 'unknown'],
    ['the bare name for any port', `box ${text(ed)}`, 'box', 2222, 'known'],
    ['another key under the bare name', `box ${text(otherEd)}`, 'box', 2222, 'unknown'],
    ['another key', `box ${text(otherEd)}`, 'box', 22, 'changed'],
    ['another key beside the right one', `box ${text(otherEd)}\nbox ${text(ed)}`, 'box', 22, 'known'],
    ['a key of another type', `box ${text(rsa)}`, 'box', 22, 'unknown'],
    ['a revoked key', `box ${text(ed)}\n@revoked * ${text(ed)}`, 'box', 22, 'revoked'],
    ['another key that is revoked', `box ${text(ed)}\n@revoked * ${text(otherEd)}`, 'box', 22, 'known'],
    ['an authority', `@cert-authority *.example.com ${text(rsa)}`, 'a.example.com', 22, 'authority'],
    ['an authority beside the key', `@cert-authority * ${text(rsa)}\nbox ${text(ed)}`, 'box', 22, 'known'],
    ['an IPv6 address', `::1 ${text(ed)}`, '::1', 22, 'known'],
    ['an IPv6 address with a port', `[::1]:2222 ${text(ed)}`, '::1', 2222, 'known'],
    ['comments and nonsense', `# box ${text(ed)}\n\nbox\nbox ssh-ed25519\n%%%`, 'box', 22, 'unknown'],
    ['Windows line ends', `crate ${text(rsa)}\r\nbox ${text(ed)}\r\n`, 'box', 22, 'known'],
  ];
  for (const [what, file, host, port, verdict] of cases) {
    it(`${what}: ${verdict}`, () => expect(judgeHostKey(file, host, port, ed)).to.equal(verdict));
  }

  it('knows no key that is none', () => {
    for (const blob of [Buffer.alloc(0), Buffer.from([0, 0, 0]), Buffer.from([255, 255, 255, 255, 1])])
      expect(judgeHostKey('* ssh-rsa BBBB\n', 'box', 22, parseHostKey(blob))).to.equal('unknown');
  });

  it('finds names that ssh-keygen has hashed', () => {
    const folder = mkdtempSync(join(tmpdir(), 'known-hosts-'));
    try {
      const file = join(folder, 'known_hosts');
      execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'key')]);
      const [type, base64] = readFileSync(join(folder, 'key.pub'), 'utf8').split(' ');
      const real = parseHostKey(Buffer.from(base64!, 'base64'));
      writeFileSync(file, `box ${type} ${base64}\n[crate]:2222 ${type} ${base64}\n`);
      execFileSync('ssh-keygen', ['-q', '-H', '-f', file], { stdio: 'ignore' });
      const hashed = readFileSync(file, 'utf8');

      expect(hashed).not.to.match(/^box /m);
      expect(judgeHostKey(hashed, 'box', 22, real)).to.equal('known');
      expect(judgeHostKey(hashed, 'crate', 2222, real)).to.equal('known');
      expect(judgeHostKey(hashed, 'crate', 22, real)).to.equal('unknown');
      expect(judgeHostKey(hashed, 'box', 22, ed)).to.equal('changed');
      const shown = execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'key.pub')], { encoding: 'utf8' });
      expect(shown).to.contain(fingerprint(real));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('tells which types of key are known, so that a server is asked for one of them', () => {
    expect(knownKeyTypes(`box ${text(rsa)}\nbox ${text(ed)}\nother ${text(ed)}`, 'box', 22)).to.have.members([
      'ssh-rsa',
      'ssh-ed25519',
    ]);
    expect(knownKeyTypes(`box ${text(rsa)}`, 'box', 2222)).to.deep.equal(['ssh-rsa']);
    expect(knownKeyTypes(`@revoked box ${text(rsa)}`, 'box', 22)).to.deep.equal([]);
  });

  it('writes lines that it knows again', () => {
    for (const port of [22, 2222])
      expect(judgeHostKey(knownHostsLine('box', port, ed), 'box', port, ed)).to.equal('known');
  });
});
