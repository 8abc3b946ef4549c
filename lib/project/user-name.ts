import { accountName, accountNumber } from '../system/account.js';
import { trimmed } from '../text/trim.js';
import type { Environment } from './run-cfg/replacement.js';

/**
 * The user part of tags and container names: the first of LOGNAME, USER, LNAME and USERNAME that is set and not empty
 * (Python's getpass.getuser), else the name of the account, else its number.
 */
export function userName(env: Environment): string {
  return env.LOGNAME || env.USER || env.LNAME || env.USERNAME || accountName();
}

/**
 * A user's name as a tag can hold it, with `-` for every run of other characters, such as those of a directory's accounts
 * (`SALES\\me`, `me@example.com`); the account's number where nothing is left.
 */
export function userTag(name: string): string {
  const fit = trimmed(name.replace(/[^\w.-]+/g, '-'), /[.-]/);
  return fit.slice(0, 128) || accountNumber();
}
