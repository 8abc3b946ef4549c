import { homedir, userInfo } from 'node:os';

/** The name of the account, else its number: one without an entry is that of `docker run --user 1234`. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return accountNumber();
  }
}

export function accountNumber(): string {
  return String(process.getuid?.() ?? 'user');
}

/** The home folder: HOME, else that of the account, else the root, as of an account without an entry. */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  if (env.HOME) return env.HOME;
  try {
    return homedir();
  } catch {
    return '/';
  }
}
