import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { connect as connectTo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command, lastLines } from './command.js';
import type { Machine } from './machine.js';
import type { Suite } from './packages.js';
import { users } from './suite.js';

export interface SshdOptions {
  name: string;
  address: string;
  port: number;
  lines: readonly string[];
  /** Of its Debian release. */
  suite: Suite;
}

/** The files that an ssh client needs. */
export interface Login {
  /** Private key that all users take. */
  identityFile: string;
  /** A known_hosts file with the host's right key. */
  knownHostsFile: string;
  /** For `ssh -F`: `Host <name>` with address, port, root, key and known_hosts. */
  sshConfigFile: string;
}

/** Makes the host's key and its users' key, starts sshd, and writes the files that an ssh client needs. */
export async function startSshd(
  machine: Machine,
  { name, address, port, lines, suite }: SshdOptions,
): Promise<Login> {
  const folder = join(machine.folder, 'ssh');
  await mkdir(folder);
  const identityFile = join(folder, 'id_ed25519');
  await command(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'test bed', '-f', identityFile]);
  const publicKey = await readFile(`${identityFile}.pub`, 'utf8');
  const configuration = [
    ...lines,
    `Port ${port}`,
    'HostKey /etc/ssh/host_key',
    'PermitRootLogin prohibit-password',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    // PAM would ask for services that do not run here.
    'UsePAM no',
    'Subsystem sftp internal-sftp',
    'LogLevel VERBOSE',
    // Tests that log in with a wrong key would lock out those that follow. Known from OpenSSH 9.8 on.
    ...(suite === 'bookworm' ? [] : ['PerSourcePenalties no']),
    '',
  ].join('\n');
  await machine.run(['tee', '/etc/ssh/sshd_config'], configuration);
  for (const user of Object.values(users)) {
    const home = user === users.root ? '/root' : `/home/${user}`;
    await machine.run(['install', '-d', '-m', '700', '-o', user, '-g', user, `${home}/.ssh`]);
    await machine.run(['tee', `${home}/.ssh/authorized_keys`], publicKey);
  }
  await machine.run(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', name, '-f', '/etc/ssh/host_key']);
  const hostKey = await machine.run(['cat', '/etc/ssh/host_key.pub']);
  const knownHostsFile = join(folder, 'known_hosts');
  await writeFile(knownHostsFile, `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}`);
  const sshConfigFile = join(folder, 'config');
  await writeFile(
    sshConfigFile,
    `Host ${name} ${address}\n  HostName ${address}\n  Port ${port}\n  User ${users.root}\n` +
      `  IdentityFile ${identityFile}\n  IdentitiesOnly yes\n  UserKnownHostsFile ${knownHostsFile}\n`,
  );
  await machine.spawn('sshd', ['/usr/sbin/sshd', '-D', '-e']);
  await listening(machine, address, port);
  return { identityFile, knownHostsFile, sshConfigFile };
}

async function listening(machine: Machine, address: string, port: number): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await accepts(address, port))) {
    if (Date.now() > deadline)
      throw new Error(`sshd does not start: ${lastLines(await machine.log('sshd'))}`);
    await sleep(50);
  }
}

function accepts(address: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connectTo({ host: address, port, timeout: 1000 });
    const end = (answer: boolean) => (socket.destroy(), resolve(answer));
    socket
      .on('connect', () => end(true))
      .on('error', () => end(false))
      .on('timeout', () => end(false));
  });
}
