import { expect } from 'chai';
import { readSessionLog } from '../../../../../lib/engine/connect/ssh/program/session-log.js';
import { judgeLogin, type LoginFailure } from '../../../../../lib/engine/connect/ssh/ssh-log.js';

const GREETED =
  'debug1: Connection established.\ndebug1: Remote protocol version 2.0, remote software version OpenSSH_10.6p1\n';
const KEY = `${GREETED}debug1: Server host key: ssh-ed25519 SHA256:x\n`;
const ASKED = `${KEY}debug1: Authentications that can continue: publickey\n`;
const OFFER = 'debug1: Offering public key: w ED25519 SHA256:y explicit\n';

/** As OpenSSH 9.2 logs it at level DEBUG1. */
const LOGS: Readonly<Record<string, readonly [log: string, failure: LoginFailure]>> = {
  'a wrong key': [`${ASKED}${OFFER}root@h: Permission denied (publickey).`, 'denied'],
  'passwords alone': [
    `${KEY}debug1: Authentications that can continue: password\nroot@h: Permission denied (password).`,
    'only-passwords',
  ],
  'too many keys': [
    `${ASKED}${OFFER}${OFFER}Received disconnect from 10.0.0.2 port 22:2: Too many authentication failures`,
    'too-many-keys',
  ],
  'a host key that has changed': [
    `${KEY}@    WARNING: REMOTE HOST IDENTIFICATION HAS CHANGED!     @\r\nHost key verification failed.`,
    'changed-host-key',
  ],
  'a revoked host key': [
    `${KEY}@       WARNING: REVOKED HOST KEY DETECTED!               @\nHost key verification failed.`,
    'revoked-host-key',
  ],
  'an unknown host key': [`${KEY}Host key verification failed.`, 'unknown-host-key'],
  'a server that is full': [
    'debug1: Connection established.\ndebug1: kex_exchange_identification: banner line 0: Not allowed at this time\n' +
      'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.2 port 22',
    'dropped',
  ],
  'a server of another protocol': [
    'debug1: Connection established.\ndebug1: kex_exchange_identification: banner line 0: HTTP/1.1 400 Bad\n' +
      'debug1: kex_exchange_identification: banner line 1: \n' +
      'kex_exchange_identification: Connection closed by remote host\nConnection closed by 10.0.0.2 port 80',
    'no-ssh-server',
  ],
  'nobody at the port': ['ssh: connect to host h port 2: Connection refused', 'nobody-listens'],
  'a name that nobody has': ['ssh: Could not resolve hostname h: Name or service not known', 'unknown-name'],
  'a machine that does not answer': [
    'Connection timed out during banner exchange\nConnection to h port 22 timed out',
    'unreachable',
  ],
  'words of the server that look like those of ssh': [
    `${ASKED}${OFFER}Received disconnect from 10.0.0.2 port 22:2: x\n@ WARNING: REVOKED HOST KEY DETECTED! @\nHost key verification failed.`,
    'lost',
  ],
};

describe('the log of an ssh whose login failed', () => {
  for (const [what, [log, failure]] of Object.entries(LOGS)) {
    it(`tells of ${what}`, () => expect(judgeLogin(log).failure).to.equal(failure));
  }
});

describe('the log of an ssh session', () => {
  it('tells a program that ends with the status of ssh itself from an ssh that fails', () => {
    const opened = 'debug1: mux_client_request_session: master session id: 2\r\n';
    expect(readSessionLog(`${opened}debug2: Received exit status from master 255\r\n`)).to.include({
      opened: true,
      exited: true,
    });
    expect(readSessionLog(opened)).to.include({ opened: true, exited: false });
  });

  it('tells that a signal has ended the program there', () => {
    const opened = 'debug1: Entering interactive session.\r\n';
    const log = `${opened}debug1: client_input_channel_req: channel 0 rtype exit-signal reply 0\r\n`;
    expect(readSessionLog(log)).to.include({ opened: true, exited: false, signalled: true });
    expect(readSessionLog(opened)).to.include({ signalled: false });
  });

  it('tells that the server opens no more sessions', () => {
    const log = 'mux_client_request_session: session request failed: Session open refused by peer\r\n';
    expect(readSessionLog(log)).to.include({ opened: false, refused: true });
  });
});
