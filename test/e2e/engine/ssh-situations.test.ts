import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { anything } from '../../../lib/engine/client/shape.js';
import { openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { messageOf } from '../../../lib/text/thrown.js';
import { UserError } from '../../../lib/text/user-error.js';
import { bed, type BedHost } from '../../bed/index.js';
import { implementations, type SshHome, sshHome } from './ssh-home.js';

interface Situation {
  /** Lines of the sshd_config. */
  sshd?: readonly string[];
  /** Who logs in. */
  user?: string;
  /** Wrong keys that the client has, in place of the right one. */
  wrongKeys?: number;
  /** Further lines of ~/.ssh/config. */
  client?: string;
  /** What it ends with; without it, the engine answers. */
  code?: string;
  says?: RegExp;
}

const NO_FORWARDING = 'AllowStreamLocalForwarding no';
const NO_PROGRAMS = {
  code: 'NO_ENGINE',
  says: /runs no programs.*give it a shell, or allow AllowStreamLocalForwarding/,
};
const WRONG_KEY = { wrongKeys: 1, code: 'SSH_DENIED', says: /accepts none of your keys: .*SSH_KEY/ };

const situations: Record<string, Situation> = {
  'a wrong key, where a banner speaks of revoked host keys': { sshd: ['Banner /etc/banner'], ...WRONG_KEY },
  'a wrong key, where ssh is told to be quiet': { client: 'LogLevel QUIET', ...WRONG_KEY },
  'the right key, where both are so': { sshd: ['Banner /etc/banner'], client: 'LogLevel QUIET' },
  'a .bashrc that prints, and no forwarding': { sshd: [NO_FORWARDING], user: 'noisy' },
  'a .bashrc that prints': { user: 'noisy' },
  'an account without a shell, and no forwarding': {
    sshd: [NO_FORWARDING],
    user: 'shellless',
    ...NO_PROGRAMS,
  },
  'an account without a shell': { user: 'shellless' },
  'a forced sftp, and no forwarding': { sshd: [NO_FORWARDING, 'ForceCommand internal-sftp'], ...NO_PROGRAMS },
  'a forced sftp': { sshd: ['ForceCommand internal-sftp'] },
  'one session in a login': { sshd: ['MaxSessions 1'] },
  'one session in a login, and no forwarding': { sshd: ['MaxSessions 1', NO_FORWARDING] },
  'no session in a login': { sshd: ['MaxSessions 0'] },
  'no session in a login, and no forwarding': {
    sshd: ['MaxSessions 0', NO_FORWARDING],
    code: 'NO_ENGINE',
    says: /MaxSessions/,
  },
  'more keys than the server looks at': {
    sshd: ['MaxAuthTries 2'],
    wrongKeys: 4,
    code: 'SSH_DENIED',
    says: /too many keys: .*IdentitiesOnly/,
  },
  'a server that takes passwords alone': {
    sshd: ['PubkeyAuthentication no', 'PasswordAuthentication yes'],
    code: 'SSH_DENIED',
    says: /takes no keys.*PubkeyAuthentication/,
  },
};

for (const [implementation, connectSsh] of Object.entries(implementations)) {
  describe(`an engine over ssh with, by ${implementation}`, function () {
    this.timeout(600_000);
    let host: BedHost;
    let home: SshHome;
    let port = 2200;

    before(async function () {
      this.timeout(600_000);
      host = await bed.orSkip(this, () => bed.host({ engine: '20-overlay2', name: 'near' }));
      await shell(PREPARE);
    });
    after(() => host?.stop());
    beforeEach(async () => {
      home = await sshHome(host);
      const known = (await readFile(home.knownHostsFile, 'utf8')).trim().split(' ').slice(1, 3).join(' ');
      await writeFile(home.knownHostsFile, `[${host.address}]:${++port} ${known}\n`);
    });
    afterEach(() => home.remove());

    const shell = (script: string) => host.run(['sh', '-ec', script]);

    /** Starts an sshd of its own, with these lines before the usual ones. */
    async function startSshd(lines: readonly string[]): Promise<void> {
      const file = `/etc/ssh/sshd_config.${port}`;
      const own = [...lines, `Port ${port}`, `PidFile /run/sshd.${port}.pid`].join('\n');
      await shell(
        `printf '%s\\n' '${own}' >${file}; grep -v '^Port ' /etc/ssh/sshd_config >>${file}\n` +
          `/usr/sbin/sshd -f ${file} </dev/null >/dev/null 2>&1\n` +
          // It goes into the background first, listens then, and writes this at last.
          `until [ -s /run/sshd.${port}.pid ]; do sleep 0.1; done`,
      );
    }

    function wrongKeys(count: number): string[] {
      return Array.from({ length: count }, (_, i) => {
        const file = join(home.folder, `wrong${i}`);
        execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file]);
        return file;
      });
    }

    /** The version of the engine, or the failure. */
    async function reach(user: string): Promise<unknown> {
      const address = resolveEngineAddress({ host: `ssh://${user}@${host.address}:${port}`, env: home.env });
      try {
        const engine = await openEngine(address, { env: home.env, connectSsh, timeout: 5_000 });
        try {
          await Promise.all(Array.from({ length: 3 }, () => engine.client.json('GET', '/version', anything)));
          return (await engine.facts()).version;
        } finally {
          await engine.close();
        }
      } catch (error) {
        return error;
      }
    }

    for (const [what, situation] of Object.entries(situations)) {
      const { sshd = [], user = 'root', client = '', code, says } = situation;
      it(`${what}, ${code === undefined ? 'is reached' : 'is one sentence'}`, async () => {
        await startSshd(sshd);
        const keys = situation.wrongKeys ? wrongKeys(situation.wrongKeys) : [host.identityFile];
        await home.configure([client, ...keys.map((key) => `IdentityFile ${key}`)].join('\n'));
        const ended = await reach(user);
        if (code === undefined || says === undefined) {
          expect(ended, messageOf(ended)).to.match(/^20/);
          return;
        }
        expect(ended, String(ended)).to.be.instanceOf(UserError).and.to.have.property('code', code);
        expect(messageOf(ended)).to.match(says).and.not.contain('\n');
      });
    }
  });
}

/** A banner that would mislead, and users who are root, but have a home and a shell of their own. */
const PREPARE = `
printf '%s\\n' 'Access REVOKED for idle users.' 'Host key verification failed.' '@ WARNING: REVOKED HOST KEY DETECTED! @' >/etc/banner
for user in noisy:/bin/bash shellless:/usr/sbin/nologin; do
  name=\${user%%:*}
  useradd -o -u 0 -g 0 -m -s "\${user#*:}" $name
  usermod -p '*' $name
  cp -r /root/.ssh /home/$name/
done
echo 'echo Welcome to this machine' >/home/noisy/.bashrc
`;
