import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../../../text/user-error.js';
import type { SshTarget } from '../../host.js';
import { loginError } from '../errors.js';
import { quoteForShell } from '../shell-words.js';
import { judgeLogin } from '../ssh-log.js';
import type { SshOptions } from '../types.js';
import { runSsh } from './run-ssh.js';

/** Seconds that an unused login lives on, should this process end without closing it. */
const LINGER_SECONDS = 60;
/** Unanswered keepalives after which a link counts as dead. */
const ALIVE_COUNT = 3;

/**
 * Turns off what a user's ssh_config may ask for that makes sense only in interactive sessions: forwards, a
 * command, a terminal.
 */
export const SESSION_FLAGS = [
  ...['-T', '-e', 'none'],
  ...['-o', 'ClearAllForwardings=yes', '-o', 'RemoteCommand=none', '-o', 'PermitLocalCommand=no'],
];

/** Has ssh write what it does into a file of ours, whatever the user's LogLevel, apart from what the server prints. */
export function logFlags(file: string, level: 'DEBUG1' | 'DEBUG2' = 'DEBUG1'): string[] {
  return ['-E', file, '-o', `LogLevel=${level}`];
}

export function commonFlags(target: SshTarget, options: SshOptions): string[] {
  const { jump } = target;
  return [
    ...loginFlags(target, options),
    ...(jump ? ['-o', `ProxyCommand=${wayThrough(jump, options)}`] : []),
  ];
}

/** What `-J` would do, by the same key: ssh gives none of its flags to the machine on the way. */
function wayThrough(jump: SshTarget, options: SshOptions): string {
  const words = ['ssh', ...commonFlags(jump, options), ...SESSION_FLAGS].map((word) =>
    word.replaceAll('%', '%%'),
  );
  return `${quoteForShell(words)} -W '[%h]:%p' -- ${quoteForShell([jump.host])}`;
}

function loginFlags({ user, port }: SshTarget, { env, acceptNew }: SshOptions): string[] {
  return [
    ...(user === undefined ? [] : ['-l', user]),
    ...(port === undefined ? [] : ['-p', String(port)]),
    ...(env.SSH_KEY ? ['-i', existingKey(env.SSH_KEY)] : []),
    ...(acceptNew ? ['-o', 'StrictHostKeyChecking=accept-new'] : []),
  ];
}

export function masterFlags(folder: string): string[] {
  const path = `ControlPath=${join(folder, 'c')}`;
  return ['-o', path, '-o', 'ControlMaster=auto', '-o', `ControlPersist=${LINGER_SECONDS}`];
}

/**
 * For sessions in a login that this process made: if it is gone, ssh must fail, and not log in anew without our
 * knowing.
 */
export function withinMaster(folder: string): string[] {
  return ['-o', `ControlPath=${join(folder, 'c')}`, '-o', 'ControlMaster=no', '-o', 'ProxyCommand=false'];
}

/** Limits in time, where the user has not set any. */
export function linkFlags({ timeout, deadAfter }: SshOptions, configured: Configuration): string[] {
  const flags: string[] = [];
  if (!Number(configured.get('connecttimeout'))) {
    flags.push('-o', `ConnectTimeout=${Math.ceil(timeout / 1000)}`);
  }
  if (!Number(configured.get('serveraliveinterval'))) {
    const interval = Math.max(1, Math.round(deadAfter / 1000 / ALIVE_COUNT));
    flags.push('-o', `ServerAliveInterval=${interval}`, '-o', `ServerAliveCountMax=${ALIVE_COUNT}`);
  }
  return flags;
}

export type Configuration = ReadonlyMap<string, string>;

/** What ssh_config says of that machine, by lower-case key, as `ssh -G` tells it. */
export async function readConfiguration(
  target: SshTarget,
  { env, signal }: SshOptions,
  flags: readonly string[],
): Promise<Configuration> {
  const { status, said, output } = await runSsh([...flags, '-G', '--', target.host], env, signal);
  signal.throwIfAborted();
  if (status !== 0) throw loginError(target, judgeLogin(said));
  return new Map(
    output.split('\n').map((line) => {
      const [key = ''] = line.split(' ', 1);
      return [key, line.slice(key.length + 1)];
    }),
  );
}

function existingKey(file: string): string {
  if (existsSync(file)) return file;
  throw new UserError(
    'SSH_KEY',
    `SSH_KEY names ${file}, which does not exist: set it to the file of a private key.`,
  );
}
