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
  return maskPairs(word)
    .replace(/(\w:\/\/[^\s/:@]*:)[^\s/@]+@/g, `$1${MASK}@`)
    .replace(/(authorization:\s*\w+\s+)[^\s"']+/gi, `$1${MASK}`);
}

/** A sentence about a word, with the words that it quotes as they may be shown. */
export function maskQuoted(sentence: string): string {
  return sentence.replace(
    /(['"])(.*?)\1/gs,
    (_, quote: string, word: string) => quote + maskSecrets(word) + quote,
  );
}

/** `--secret` of docker build says where a secret is, and none itself. */
const NO_SECRET = /^--secret$/;

/** A value reaches to the end of its word, or, within a list, to the next comma, blank or quote. */
function maskPairs(word: string): string {
  for (const { 0: pair, 1: name = '', index } of word.matchAll(/([^=,\s"']+)=/g)) {
    if (!looksSecret(name) || NO_SECRET.test(name)) continue;
    const [before, after] = [word.slice(0, index), word.slice(index + pair.length)];
    const inList = /[,\s"']/.test(before);
    const value = inList ? /^(?:"[^"]*"|'[^']*'|[^,\s"']*)/.exec(after)![0] : after;
    if (value !== '') return before + pair + MASK + maskPairs(after.slice(value.length));
  }
  return word;
}
