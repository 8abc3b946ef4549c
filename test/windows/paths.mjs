import { existsSync } from 'node:fs';
import { win32 } from 'node:path';

/** What this machine has for a path of Windows; all else as it is. Its programs have no `.exe` behind their names. */
export function real(path) {
  if (typeof path !== 'string' || /^\\\\[.?]\\/.test(path)) return path;
  const here = path.replace(/^[A-Za-z]:(?=[\\/])/, '').replaceAll('\\', '/');
  return here.endsWith('.exe') && !existsSync(here) && existsSync(here.slice(0, -4))
    ? here.slice(0, -4)
    : here;
}

/** What Windows has for a path of this machine; all else as it is. */
export function shown(path) {
  return typeof path === 'string' ? path.replace(/^(?=\/)/, 'C:').replaceAll('/', '\\') : path;
}

/** The same for a word that may be a path, or none. */
export function realWord(word) {
  return typeof word === 'string' && (/^[A-Za-z]:[\\/]/.test(word) || /^\\\w[^ ]*\\[^ ]*$/.test(word))
    ? real(word)
    : word;
}

/** An absolute path, with its drive. */
export function absolute(...parts) {
  return win32.resolve(shown(process.cwd()), ...parts);
}
