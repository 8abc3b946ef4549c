const MASK = '***';

/** Ends of the parts of a name that holds a secret: `DB_PASSWORD`, `PGPASSWORD`, `npmToken`, `AWS_ACCESS_KEY_ID`. */
const SECRET =
  /(passwords?|passwd|passphrase|pass|pwd|tokens?|secrets?|keys?|credentials?|creds?|auth|authorization)$/;

/** Ends of names that say where a secret is, and so hold none: `PASSWORD_FILE`, `SSH_AUTH_SOCK`. */
const WHERE = /^(file|path|dir|sock|socket)$/;

/** Whether the value of a variable, build argument or label of this name is better not shown. */
export function looksSecret(name: string): boolean {
  const parts = name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z\d]+/);
  return !WHERE.test(parts.at(-1) ?? '') && parts.some((part) => SECRET.test(part));
}

/**
 * A word of a command line as it may be shown: the values of `NAME=value` whose name looks secret, the password of
 * a URL and the credentials of an Authorization header become `***`.
 */
export function maskSecrets(word: string): string {
  const [, flag = '', name = '', value] = /^(--[^=]*=)?([^=\s]*)=?(.*)$/s.exec(word) ?? [];
  if (value && looksSecret(name)) return `${flag}${name}=${MASK}`;
  return word
    .replace(/([\w.-]+)=([^,\s"'=][^,\s"']*)/g, (pair, inner: string) =>
      looksSecret(inner) && !inner.startsWith('--') ? `${inner}=${MASK}` : pair,
    )
    .replace(/(\w:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${MASK}@`)
    .replace(/(authorization:\s*\w+\s+)[^\s"']+/gi, `$1${MASK}`);
}
