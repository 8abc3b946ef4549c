import { expect } from 'chai';
import { homeFolder } from '../../../lib/system/account.js';
import { isNamedPipe, sshAgent } from '../../../lib/system/ssh-agent.js';
import { onPlatform } from '../../platform.js';

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
    expect(sshAgent({})).to.equal(undefined);
  });

  it('a named pipe is known by its path, which is no file', async () => {
    await onPlatform('win32', () => {
      for (const path of ['\\\\.\\pipe\\openssh-ssh-agent', '//./pipe/x', '\\\\?\\PIPE\\x'])
        expect(isNamedPipe(path), path).to.equal(true);
      for (const path of ['C:\\pipe\\x', '\\\\server\\pipe\\x', '/pipe/x'])
        expect(isNamedPipe(path), path).to.equal(false);
    });
    expect(isNamedPipe('//./pipe/x')).to.equal(false);
  });
});
