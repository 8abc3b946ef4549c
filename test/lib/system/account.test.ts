import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'chai';
import { onPosix } from '../../platform.js';

const ACCOUNT = join(import.meta.dirname, '../../../lib/system/account.ts');

describe('an account without an entry', () => {
  onPosix('modes', it)('has its number for a name, and a home folder', function () {
    if (process.getuid?.() !== 0) this.skip();
    const script = `
      const { accountName, homeFolder } = await import(${JSON.stringify(ACCOUNT)});
      process.setgroups([]); process.setgid(12345); process.setuid(12345);
      console.log(accountName(), homeFolder({}), homeFolder({ HOME: '/nohome' }));`;
    const { HOME: _home, ...env } = process.env;
    const argv = ['--import', 'tsx', '--input-type=module', '-e', script];
    expect(execFileSync(process.execPath, argv, { env, encoding: 'utf8' })).to.equal('12345 / /nohome\n');
  });
});
