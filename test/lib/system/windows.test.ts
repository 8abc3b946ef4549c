import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { homeFolder } from '../../../lib/system/account.js';
import { isNamedPipe, sshAgent } from '../../../lib/system/ssh-agent.js';
import { NOT_ON_WINDOWS, ONLY_ON_LINUX, onPlatform } from '../../platform.js';

describe('on Windows', () => {
  it('USERPROFILE is the home folder, as for the docker CLI', () =>
    onPlatform('win32', () => {
      expect(homeFolder({ USERPROFILE: 'C:\\Users\\ada', HOME: '/c/Users/ada' })).to.equal('C:\\Users\\ada');
      expect(homeFolder({ HOME: '/nowhere' })).not.to.equal('/nowhere');
    }));

  it('keys come from the agent of Windows, unless SSH_AUTH_SOCK names another', async () => {
    const env = { SSH_AUTH_SOCK: '/run/agent' };
    await onPlatform('win32', () => {
      expect(sshAgent({})).to.equal('\\\\.\\pipe\\openssh-ssh-agent');
      expect(sshAgent(env)).to.equal('/run/agent');
    });
    expect(await onPlatform('linux', () => sshAgent({}))).to.equal(undefined);
  });

  it('a named pipe is known by its path, which is no file', async () => {
    await onPlatform('win32', () => {
      for (const path of ['\\\\.\\pipe\\openssh-ssh-agent', '//./pipe/x', '\\\\?\\PIPE\\x'])
        expect(isNamedPipe(path), path).to.equal(true);
      for (const path of ['C:\\pipe\\x', '\\\\server\\pipe\\x', '/pipe/x'])
        expect(isNamedPipe(path), path).to.equal(false);
    });
    expect(await onPlatform('linux', () => isNamedPipe('//./pipe/x'))).to.equal(false);
  });

  it('docs/platforms.md says why tests are left out', () => {
    const page = readFileSync(new URL('../../../docs/platforms.md', import.meta.url), 'utf8');
    const [, list = ''] = /\| reason \|\n\|---\|\n((?:\| .* \|\n)+)/.exec(page) ?? [];
    const reasons = [...Object.values(NOT_ON_WINDOWS), ...Object.values(ONLY_ON_LINUX)];
    expect(list.split('\n').slice(0, -1)).to.deep.equal(reasons.map((reason) => `| ${reason} |`));
  });
});
