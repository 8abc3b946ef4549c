import { constants } from 'node:os';
import { listenTogether } from '../../system/shared-listener.js';
import { catchRealTime } from './real-time-signals.js';

/**
 * What `docker run` passes on of what a process can get: all but SIGCHLD, SIGPIPE and SIGURG. Left out here too is what
 * says that this process itself is broken (SIGSEGV and its like), or profiled.
 */
const FORWARDED = (
  'SIGHUP SIGINT SIGQUIT SIGUSR1 SIGUSR2 SIGALRM SIGTERM SIGSTKFLT SIGCONT SIGTSTP SIGTTIN SIGTTOU ' +
  'SIGXCPU SIGXFSZ SIGVTALRM SIGWINCH SIGIO SIGPWR'
)
  .split(' ')
  .filter((name) => name in constants.signals);

/**
 * Calls `forward` with each signal that this process gets, instead of dying by it, until the returned function is called.
 *
 * @param forward is given a name, or the number of a real-time signal, as the Engine API takes both
 */
export function catchSignals(forward: (signal: string) => void): () => void {
  const releases = FORWARDED.map((name) => listenTogether(process, name, () => forward(name)));
  // Ctrl-Break, and the docker CLI's runtime (Go) takes it for Ctrl-C, too. No engine knows its name.
  if (process.platform === 'win32')
    releases.push(listenTogether(process, 'SIGBREAK', () => forward('SIGINT')));
  releases.push(catchRealTime((number) => forward(String(number))));
  return () => releases.forEach((release) => release());
}
