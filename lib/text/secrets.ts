const MASK = '***';

/** Ends of the parts of a name that holds a secret: `DB_PASSWORD`, `PGPASSWORD2`, `npmToken`, `AWS_ACCESS_KEY_ID`; or a whole part. */
const SECRET =
  /(passwords?|passwd|passphrase|pass|pwd|tokens?|secrets?|keys?|credentials?|creds?|auth|authorization|jwt)\d*$|^pat\d*$/;

/** Ends of names that say where a secret is, and so hold none: `PASSWORD_FILE`, `SSH_AUTH_SOCK`. */
const WHERE = /^(file|path|dir|sock|socket)$/;

/**
 * Up to the last `@` of a URL: a password may hold that sign, and slashes. Behind a colon and digits a slash begins a path,
 * and what a digest follows is a tag.
 */
const URL_PASSWORD = /(\w:\/\/[^\s/:@]*:)(?!\d+\/)(?:(?!\w:\/\/)[^\s"'])*@(?!sha\d+:)/g;

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
 * a URL (of http, what stands in place of a user too: a token) and the credentials of an Authorization header become
 * `***`.
 */
export function maskSecrets(word: string): string {
  return maskUrls(maskPairs(word));
}

/**
 * Masks the secrets of URLs and headers within a sentence. Unlike in a command line, words with `=` are not taken
 * for assignments.
 */
export function maskUrls(sentence: string): string {
  return sentence
    .replace(URL_PASSWORD, `$1${MASK}@`)
    .replace(/(\bhttps?:\/\/)[^\s/:@"']+@/gi, `$1${MASK}@`)
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

const DELIMITERS = /[=,\s"']/;

/**
 * What a value is within a list, or within one quote or the other: up to the next comma, blank, or the end of that quote. A
 * quote that is not closed reaches to the end.
 */
const VALUE: Readonly<Record<string, RegExp>> = {
  '': /(?:"(?:[^"\\]|\\[^])*(?:"|$)|'[^']*(?:'|$)|\\[^]|[^,\s"'\\])*\\?/y,
  '"': /(?:'[^'"]*'?|\\[^]|[^,\s"'\\])*\\?/y,
  "'": /(?:"[^'"]*"?|\\[^]|[^,\s"'\\])*\\?/y,
};

/** A value reaches to the end of its word, or, within a list, as {@link VALUE} says. */
function maskPairs(word: string): string {
  let shown = '';
  let shownTo = 0;
  let nameStart = 0;
  let inList = false;
  let quote = '';
  for (let at = 0; at < word.length; at++) {
    const character = word.charAt(at);
    if (!DELIMITERS.test(character)) continue;
    const name = word.slice(nameStart, at);
    nameStart = at + 1;
    if (character !== '=') {
      inList = true;
      if (character === quote) quote = '';
      else if (quote === '' && /["']/.test(character)) quote = character;
    } else if (looksSecret(name) && !NO_SECRET.test(name)) {
      const end = inList ? valueEnd(word, at + 1, quote) : word.length;
      if (end === at + 1) continue;
      shown += word.slice(shownTo, at + 1) + MASK;
      shownTo = end;
      nameStart = end;
      at = end - 1;
    }
  }
  return shown + word.slice(shownTo);
}

function valueEnd(word: string, start: number, quote: string): number {
  const pattern = VALUE[quote] ?? /$/y;
  pattern.lastIndex = start;
  return pattern.test(word) ? pattern.lastIndex : start;
}
