import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loginError } from '../errors.js';
import { shareLogins } from '../shared-logins.js';
import { type ConnectSsh, ForwardRefused, type LogIn } from '../types.js';
import { loginVerdict } from './login-verdict.js';
import { privateFolder } from './private-folder.js';
import { runSsh, SSH_FAILED } from './run-ssh.js';
import { commonFlags, linkFlags, logFlags, readConfiguration, SESSION_FLAGS } from './system-flags.js';
import { startSession } from './system-session.js';

/** Milliseconds that a login may take, questions for a passphrase included. */
const LOGIN_TIME = 120_000;

/**
 * Logs in with the system's `ssh` anew for each program: that of Windows (Win32-OpenSSH) keeps no login that others could
 * use, neither by a control master nor in the background. A first login, of its own, tells whether one is let in.
 */
const logInDirectly: LogIn = async (target, options) => {
  const common = commonFlags(target, options);
  const flags = [...common, ...linkFlags(options, await readConfiguration(target, options, common))];
  // For what ssh logs; sockets, which need short paths, are none in it.
  const own = await privateFolder(tmpdir());
  const folder = own.path;
  const release = () => own.release();
  const resume = options.suspend();
  try {
    const log = join(folder, 'login');
    const argv = [...flags, ...SESSION_FLAGS, ...logFlags(log), '--', target.host, 'true'];
    const limit = AbortSignal.any([options.signal, AbortSignal.timeout(LOGIN_TIME)]);
    const { status, said } = await runSsh(argv, options.env, limit);
    options.signal.throwIfAborted();
    if (status === SSH_FAILED || limit.aborted) throw loginError(target, await loginVerdict(log, said));
  } catch (error) {
    await release();
    throw error;
  } finally {
    resume();
  }

  let sessions = 0;
  const login = {
    lost: false,
    exec: (argv: readonly string[]) =>
      startSession({
        target,
        flags,
        env: options.env,
        argv,
        log: join(folder, `s${++sessions}`),
        isLost: ({ signalled }) => (login.lost = !signalled),
      }),
    openSocket: () => Promise.reject(new ForwardRefused('no login that is kept')),
    close: release,
  };
  return login;
};

export const connectDirectly: ConnectSsh = shareLogins(logInDirectly);
