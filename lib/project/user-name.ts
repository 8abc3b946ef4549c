import { userInfo } from 'node:os';
import type { Environment } from './replacement.js';

/**
 * The user part of tags and container names: the first of LOGNAME, USER, LNAME and USERNAME that is set and not empty
 * (Python's getpass.getuser), else the name of the account, else its number.
 */
export function userName(env: Environment): string {
  return env.LOGNAME || env.USER || env.LNAME || env.USERNAME || accountName();
}

function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    // An account without an entry, as in a container run with --user 1234.
    return String(process.getuid?.() ?? 'user');
  }
}
