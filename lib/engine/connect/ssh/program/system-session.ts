import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { programPath } from '../../../../system/programs.js';
import type { Environment } from '../../../credentials/docker-config.js';
import type { SshTarget } from '../../host.js';
import { lostLogin } from '../errors.js';
import { quoteForShell } from '../shell-words.js';
import { type RemoteProcess, SessionRefused } from '../types.js';
import { holdStreams } from './hold-streams.js';
import { exitStatus, SSH_FAILED } from './run-ssh.js';
import { readSessionLog, type SessionState } from './session-log.js';
import { logFlags, SESSION_FLAGS } from './system-flags.js';

/** Milliseconds between two reads of the log of a session that is starting. */
const LOOK = 3;
/**
 * Milliseconds to wait for the log of a session before it is taken for started: on a full disk the log cannot be
 * written.
 */
const LOG_PATIENCE = 15_000;

export interface SessionRequest {
  target: SshTarget;
  /** Options of ssh that select the login to run in. */
  flags: readonly string[];
  env: Environment;
  argv: readonly string[];
  /** File for ssh's own log of the session. */
  log: string;
  /** Called where ssh fails; resolves to whether the login is gone. */
  isLost: (log: SessionState) => boolean | Promise<boolean>;
}

/**
 * Runs a program over a login that an ssh program keeps; resolves when the server has opened a session for it.
 *
 * @throws {SessionRefused}, and a UserError where the login is gone
 */
export async function startSession(request: SessionRequest): Promise<RemoteProcess> {
  const { target, flags, env, argv, log, isLost } = request;
  const words = [...flags, ...SESSION_FLAGS, ...logFlags(log, 'DEBUG2'), '--', target.host];
  // It asks nothing, and a Ctrl-C in the terminal is for us alone: the connection is needed to end what runs there.
  const detached = process.platform !== 'win32';
  const child = spawn(programPath('ssh', env) ?? 'ssh.exe', [...words, quoteForShell(argv)], {
    env,
    stdio: 'pipe',
    detached,
  });
  let killed = false;
  const begun = sessionOf(child, log);
  const exit = once(child, 'close').then(async () => {
    // The log is read to see how the session began, too: it must not be gone by then.
    await begun;
    const state = readSessionLog(await takeLog(log));
    // A refused session, one that we killed, and one whose program a signal ended there, end with 255, too, while the
    // login is as good as before.
    const mayBeLost = child.exitCode === SSH_FAILED && !state.exited && !state.refused && !killed;
    if (mayBeLost && (await isLost(state))) throw lostLogin(target);
    return exitStatus(child.exitCode, child.signalCode);
  });
  exit.catch(() => {});
  const { stdin, stdout, stderr } = child;
  const kill = () => {
    killed = true;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    child.kill();
  };
  stdin.on('error', () => undefined);
  const release = holdStreams([stdout, stderr]);
  const state = await begun;
  release();
  if (state.opened) return { stdin, stdout, stderr, exit, kill };
  kill();
  if (state.refused) throw new SessionRefused();
  await isLost(state);
  throw lostLogin(target);
}

/** Waits until the server has opened the session or refused it, or ssh has ended. */
async function sessionOf(child: ChildProcess, log: string): Promise<SessionState> {
  const started = performance.now();
  for (;;) {
    const hasEnded = child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
    const text = await readFile(log, 'utf8').catch(() => '');
    const state = readSessionLog(text);
    if (state.opened || state.refused) return state;
    if (text === '' && performance.now() - started > LOG_PATIENCE) return { ...state, opened: true };
    if (hasEnded) return state;
    await sleep(LOOK);
  }
}

async function takeLog(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '');
  await rm(log, { force: true });
  return text;
}
