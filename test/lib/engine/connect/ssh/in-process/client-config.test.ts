import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { expect } from 'chai';
import {
  type ClientConfig,
  readClientConfig,
} from '../../../../../../lib/engine/connect/ssh/in-process/client-config.js';
import { sshAgent } from '../../../../../../lib/system/ssh-agent.js';
import type { RecordedCase } from '../../../../../oracle/ssh-config/cases.js';

describe('ssh_config', () => {
  let home: string;
  beforeEach(() => {
    home = mkdtempSync(join(tmpdir(), 'ssh-config-'));
    mkdirSync(join(home, '.ssh'));
  });
  afterEach(() => rmSync(home, { recursive: true }));

  function read(config: string, host: string): ClientConfig {
    writeFileSync(join(home, '.ssh', 'config'), config);
    return readClientConfig({ host }, { HOME: home, USERPROFILE: home }, join(home, 'absent'));
  }

  /** What `ssh -G` prints of it. */
  function asShown(config: ClientConfig): RecordedCase['values'] {
    const strict = { ask: 'ask', yes: 'true', no: 'false', 'accept-new': 'accept-new' };
    return {
      hostname: [config.hostName],
      user: [config.user],
      port: [String(config.port)],
      identityfile: [...config.identityFiles],
      identitiesonly: [config.identitiesOnly ? 'yes' : 'no'],
      ...(config.proxyJump.length > 0 && { proxyjump: [config.proxyJump.join(',')] }),
      ...(config.proxyCommand !== undefined && { proxycommand: [config.proxyCommand] }),
      ...(config.hostKeyAlias !== undefined && { hostkeyalias: [config.hostKeyAlias] }),
      userknownhostsfile: [config.userKnownHostsFiles.join(' ')],
      globalknownhostsfile: [config.globalKnownHostsFiles.join(' ')],
      stricthostkeychecking: [strict[config.strictHostKeyChecking]],
      connecttimeout: [config.connectTimeout === undefined ? 'none' : String(config.connectTimeout / 1000)],
      ...(config.agent !== undefined && { identityagent: [config.agent] }),
    };
  }

  /** What paths of the recording, which was made on Linux, are here. */
  const onThisMachine = (paths: string) =>
    paths
      .split(' ')
      .map((path) => resolve(path))
      .join(' ');

  it('is read as ssh reads it', () => {
    const file = new URL('../../../../../oracle/ssh-config/recorded.json', import.meta.url);
    const { version, cases } = JSON.parse(readFileSync(file, 'utf8')) as {
      version: string;
      cases: RecordedCase[];
    };
    const differing: unknown[] = [];
    for (const one of cases) {
      const found = asShown(read(one.config, one.host));
      const { identityagent, proxycommand, ...values } = one.values;
      // ssh prints these two where they say that there is none, and keeps the quotes.
      const expected = {
        ...values,
        ...(identityagent &&
          identityagent[0] !== 'none' && { identityagent: identityagent.map((path) => resolve(path)) }),
        ...(proxycommand && proxycommand[0] !== 'none' && { proxycommand }),
        ...(process.platform === 'win32' && !identityagent && { identityagent: [sshAgent({})] }),
        identityfile: values.identityfile!.map((path) => resolve(path.replaceAll('"', ''))),
        userknownhostsfile: values.userknownhostsfile!.map(onThisMachine),
        globalknownhostsfile: values.globalknownhostsfile!.map(onThisMachine),
      };
      if (!isDeepStrictEqual(found, expected)) differing.push({ case: one.name, expected, found });
    }
    console.log(`      ${cases.length - differing.length} of ${cases.length} as ${version}`);
    expect(differing).to.deep.equal([]);
  });

  it('matches patterns of many stars in good time', () => {
    const config = `Host ${'*a'.repeat(30)}b\n  User bob\nHost *a?a*\n  User alice\n`;
    expect(read(config, 'a'.repeat(250)).user).to.equal('alice');
    expect(read(`Host ${'x'.repeat(100_000)}*\n  User bob\nHost *\n  User alice\n`, 'a').user).to.equal(
      'alice',
    );
  });

  it('includes other files, by patterns and relative to ~/.ssh', () => {
    mkdirSync(join(home, '.ssh', 'more'));
    writeFileSync(join(home, '.ssh', 'more', 'b.conf'), 'Host box\n  Port 2\n  User bob\n');
    writeFileSync(join(home, '.ssh', 'more', 'a.conf'), 'Host box\n  Port 1\n');
    const found = read(
      'Include more/*.conf absent\nHost other\n  Include more/b.conf\nHost box\n  HostName real\n',
      'box',
    );
    expect(found).to.include({ port: 1, user: 'bob', hostName: 'real' });
  });

  it('fills in the tokens of file names', () => {
    const found = read('User ann\nPort 7\nIdentityFile ~/keys/%r@%h:%p-%%\nIdentityFile %d/k\n', 'box');
    expect(found.identityFiles).to.deep.equal([join(home, 'keys/ann@box:7-%'), join(home, 'k')]);
  });

  it('names the usual keys and known_hosts where it says nothing', () => {
    const found = read('', 'box');
    expect(found.identityFiles).to.include(join(home, '.ssh/id_ed25519'));
    expect(found.userKnownHostsFiles[0]).to.equal(join(home, '.ssh/known_hosts'));
    expect(found.globalKnownHostsFiles[0]).to.equal(
      process.platform === 'win32' ? 'C:\\ProgramData\\ssh\\ssh_known_hosts' : '/etc/ssh/ssh_known_hosts',
    );
  });
});
