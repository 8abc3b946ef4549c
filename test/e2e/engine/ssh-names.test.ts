import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { anything } from '../../../lib/engine/client/shape.js';
import { openEngine, resolveEngineAddress } from '../../../lib/engine/index.js';
import { bed, type BedHost } from '../../bed/index.js';
import { implementations, type SshHome, sshHome } from './ssh-home.js';

/** As directories have them; root's own number, so that it may use the engine. */
const ACCOUNT = 'ada@corp.example';
/** Containers often have none. */
const HAS_IPV6 = existsSync('/proc/net/if_inet6') && readFileSync('/proc/net/if_inet6').length > 0;
const HERE = 'fd7a:6475:7363::1';
const THERE = 'fd7a:6475:7363::2';

describe('a host over ssh, by whatever its account and address are called', function () {
  this.timeout(600_000);
  let host: BedHost;
  let home: SshHome;

  before(async function () {
    this.timeout(600_000);
    host = await bed.orSkip(this, () => bed.host({ engine: '28-overlay2', name: 'names', port: 2222 }));
    home = await sshHome(host);
    await host.run(['sh', '-c', `echo '${ACCOUNT}:*:0:0::/root:/bin/bash' >>/etc/passwd`]);
    if (!HAS_IPV6) return;
    const route = execFileSync('ip', ['route', 'get', host.address], { encoding: 'utf8' });
    const [, device = ''] = / dev (\S+)/.exec(route) ?? [];
    execFileSync('ip', ['-6', 'addr', 'add', `${HERE}/64`, 'dev', device, 'nodad']);
    await host.run(['ip', '-6', 'addr', 'add', `${THERE}/64`, 'dev', 'eth0', 'nodad']);
  });
  after(async () => {
    await home?.remove();
    await host?.stop();
  });

  const names: Record<string, () => string> = {
    'an account of a directory, as ssh takes it': () => `${ACCOUNT}@${host.address}:2222`,
    'an account of a directory, in an address': () => `ssh://${ACCOUNT}@${host.address}:2222`,
    'an account of a directory, encoded': () => `ssh://ada%40corp.example@${host.address}:2222`,
    ...(HAS_IPV6 && {
      'an IPv6 address': () => `ssh://root@[${THERE}]:2222`,
      'an IPv6 address without a scheme': () => `${ACCOUNT}@[${THERE}]:2222`,
    }),
  };
  for (const [implementation, connectSsh] of Object.entries(implementations))
    for (const [what, name] of Object.entries(names))
      it(`${what}, by ${implementation}`, async () => {
        const address = resolveEngineAddress({ host: name(), env: home.env });
        const engine = await openEngine(address, { env: home.env, connectSsh, acceptNew: true });
        try {
          expect(await engine.client.json('GET', '/version', anything)).to.have.property('ApiVersion');
        } finally {
          await engine.close();
        }
      });
});
