import { printableLine } from '../../../../text/printable.js';
import type { LoginFailure, LoginVerdict } from '../ssh-log.js';

/** An error of ssh2: its own, that of a socket, or one that the server sent, with a number for a code. */
export interface Ssh2Error extends Error {
  level?: string;
  code?: string | number;
}

/** How far a login within this process has come. */
export interface LoginProgress {
  /** Methods that the server takes, where it has refused one. */
  methods?: readonly string[];
  /** Keys that were offered. */
  offers: number;
}

const BY_CODE: Readonly<Record<string, LoginFailure>> = {
  ENOTFOUND: 'unknown-name',
  EAI_AGAIN: 'unknown-name',
  ECONNREFUSED: 'nobody-listens',
  ETIMEDOUT: 'unreachable',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
  EHOSTDOWN: 'unreachable',
  EPIPE: 'lost',
};

/** Failures for which ssh2 gives neither code nor level, by its message. */
const OWN_WORDS: Readonly<Record<string, LoginFailure>> = {
  'Connection lost before handshake': 'dropped',
  'Invalid identification string': 'no-ssh-server',
};

/** Finds out why a login failed. The words that a server sends decide nothing. */
export function judgeSsh2(error: Ssh2Error, progress: LoginProgress): LoginVerdict {
  return { failure: failureOf(error, progress), detail: printableLine(error.message) };
}

function failureOf(error: Ssh2Error, { methods, offers }: LoginProgress): LoginFailure {
  const accepts = methods === undefined || methods.includes('publickey');
  switch (error.level) {
    case 'client-authentication':
    case 'agent':
      return accepts ? 'denied' : 'only-passwords';
    case TIMED_OUT:
      return 'unreachable';
    case 'protocol':
    case 'handshake':
      return OWN_WORDS[error.message] ?? 'other';
    default:
      // Without a code that tells more, the server has hung up, with or without a word.
      return BY_CODE[error.code ?? ''] ?? (methods ? hangUpAfter(offers) : hangUpBefore(error));
  }
}

function hangUpAfter(offers: number): LoginFailure {
  return offers > 1 ? 'too-many-keys' : 'lost';
}

function hangUpBefore({ level, code }: Ssh2Error): LoginFailure {
  return level === CLOSED || code === 'ECONNRESET' ? 'dropped' : 'other';
}

/** Levels of the failures that are found out here. */
const TIMED_OUT = 'client-timeout';
const CLOSED = 'client-closed';

export function timedOut(): Ssh2Error {
  return Object.assign(new Error('Connection timed out'), { level: TIMED_OUT });
}

export function hungUp(): Ssh2Error {
  return Object.assign(new Error('Connection closed'), { level: CLOSED });
}
