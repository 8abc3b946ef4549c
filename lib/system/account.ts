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

/**
 * The home folder, as the docker CLI finds it: HOME (on Windows USERPROFILE), else that of the account, else the root, as of
 * an account without an entry.
 */
export function homeFolder(env: Readonly<Record<string, string | undefined>>): string {
  const named = process.platform === 'win32' ? env.USERPROFILE : env.HOME;
  if (named) return named;
  try {
    return homedir();
  } catch {
    return '/';
  }
}
