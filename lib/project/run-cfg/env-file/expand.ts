import { EnvFileError } from './error.js';

type LookUp = (name: string) => string | undefined;

const START = /\$(?:(?<plain>\$)|(?<name>[A-Za-z_]\w*)|\{(?<braced>[A-Za-z_]\w*)(?<operator>:?[-+?]|\})|\{)/g;

/** How deep defaults may stand in defaults. */
const DEEPEST = 100;

/**
 * Puts in variables as docker compose does: `$NAME`, `${NAME}`, `${NAME:-default}`, `${NAME:+other}`, `${NAME:?message}`, each
 * without the colon too, and `$$` for a plain `$`. What is not set is empty.
 *
 * @throws {EnvFileError} for `${` that does not go on so, and for what must be set and is not
 */
export function expand(text: string, lookUp: LookUp, depth = 0): string {
  if (depth > DEEPEST) throw new EnvFileError('its defaults stand in each other too often');
  let expanded = '';
  let from = 0;
  START.lastIndex = 0;
  for (let found = START.exec(text); found; found = START.exec(text)) {
    const { plain, name } = found.groups ?? {};
    expanded += text.slice(from, found.index);
    from = found.index + found[0].length;
    if (plain !== undefined) expanded += '$';
    else if (name !== undefined) expanded += lookUp(name) ?? '';
    else {
      const braces = inBraces(text, found);
      expanded += chosen({ ...braces, other: () => expand(braces.rest, lookUp, depth + 1), lookUp });
      from = braces.end;
    }
    START.lastIndex = from;
  }
  return expanded + text.slice(from);
}

/** What stands in the braces that a match begins with, and where it ends. */
function inBraces(text: string, found: RegExpExecArray) {
  const { braced: name, operator } = found.groups ?? {};
  const start = found.index + found[0].length;
  const close = operator === '}' ? start - 1 : closingBrace(text, start);
  if (name === undefined || operator === undefined || close === undefined)
    throw new EnvFileError('${ begins no variable here: ${NAME}, or $$ for a plain $');
  return { name, operator, rest: text.slice(start, close), end: close + 1 };
}

interface Choice {
  name: string;
  /** `:-`, or the closing brace. */
  operator: string;
  /** What stands behind it. */
  other: () => string;
  lookUp: LookUp;
}

function chosen({ name, operator, other, lookUp }: Choice): string {
  const value = lookUp(name);
  const isThere = value !== undefined && !(operator.startsWith(':') && value === '');
  if (operator.endsWith('+')) return isThere ? other() : '';
  if (isThere) return value;
  if (operator === '}') return '';
  if (operator.endsWith('?')) throw new EnvFileError(`${name} must be set: ${other()}`);
  return other();
}

/** Where the brace closes that was opened before `from`. */
function closingBrace(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at;
  }
  return undefined;
}
