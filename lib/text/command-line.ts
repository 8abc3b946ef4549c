import { CONTROLS } from './printable.js';
import { maskSecrets } from './secrets.js';

/** Words of which the value is the next word, in the programs that commands start. */
const SECRET_FOLLOWS = /^--?(?:[\w-]*[-_])?(?:passwords?|passwd|passphrase|token)$/i;

/** What no POSIX shell takes for anything but itself. */
const PLAIN = /^[\w@%+=:,./-]+$/;

/**
 * One line that the shell of this machine, a POSIX shell or PowerShell, splits into `words` again, quoted as little as a
 * person would, without secrets: see {@link maskSecrets}. This is how every command is printed.
 *
 * @param quote how another reader than that shell takes a word
 */
export function commandLine(
  words: readonly string[],
  quote = process.platform === 'win32' ? powerShellQuote : shellQuote,
): string {
  return words
    .map((word, index) => {
      if (SECRET_FOLLOWS.test(words[index - 1] ?? '') && !word.startsWith('-')) return '***';
      const masked = maskSecrets(word);
      // The `***` of a mask stays readable, since it is no pattern that a shell should see or keep.
      const isPlain = masked !== word && PLAIN.test(masked.replaceAll('***', '_'));
      return isPlain ? masked : quote(masked);
    })
    .join(' ');
}

/**
 * The line that starts a program of the user's, whatever its name: PowerShell takes a name in quotes for text, unless `&`
 * says otherwise.
 */
export function programLine(words: readonly string[]): string {
  const line = commandLine(words);
  return process.platform === 'win32' && /^['(]/.test(line) ? `& ${line}` : line;
}

/** Rows of what a terminal would obey. */
const OBEYED = new RegExp(`(${CONTROLS.source}+)`);

/**
 * A word as a POSIX shell takes it: in quotes only where it needs them, and after its `NAME=` where it has one. What a
 * terminal would obey is printf's to write, for not every shell knows `$'\033'`.
 */
export function shellQuote(word: string): string {
  if (PLAIN.test(word)) return word;
  const [, prefix = '', rest = ''] = /^((?:(?:--)?[A-Za-z][\w.-]*=)*)(.*)$/s.exec(word) ?? [];
  const parts = rest.split(OBEYED).map((part, index) => {
    if (index % 2 === 1) return printfOf(part);
    return part === '' && rest !== '' ? '' : quoteText(part);
  });
  return prefix + parts.join('');
}

/** The bytes in octal numbers, which are all of a byte that POSIX's printf writes. */
function printfOf(controls: string): string {
  const bytes = [...Buffer.from(controls)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`);
  return `"$(printf '${bytes.join('')}')"`;
}

function quoteText(text: string): string {
  if (text.includes("'") && !/["$`\\!]/.test(text)) return `"${text}"`;
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/**
 * What PowerShell takes for nothing but itself: no comma, which makes a list, and no `-a.b` or `-a:b`, which it takes
 * apart.
 */
const POWERSHELL_PLAIN = /^(--?[\w=+/\\-]*|(\.{1,2}[/\\])?[\w+/\\][\w+=:./\\@-]*)$/;

/** A word as PowerShell takes it (about_Quoting_Rules): all but `'` stands for itself between such quotes. */
export function powerShellQuote(word: string): string {
  if (POWERSHELL_PLAIN.test(word)) return word;
  const parts = word.split(OBEYED).map((part, index) => {
    if (index % 2 === 0) return `'${part.replaceAll("'", "''")}'`;
    return Array.from(part, (character) => `[char]${character.codePointAt(0)}`).join('+');
  });
  // The first part is text, so PowerShell's `+` joins all parts as text.
  return parts.length === 1 ? parts.join('') : `(${parts.join('+')})`;
}
