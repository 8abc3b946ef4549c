import { NotCarried } from './not-carried.js';

/** Variables of a compose file, and what becomes of their defaults. */
export interface Variables {
  /** Whether the `.env` that compose reads has it; undefined where there is no such file. */
  inFile: ((name: string) => boolean) | undefined;
  /** Defaults for docker/.env, as they are written in the compose file; filled here. */
  defaults: Map<string, string>;
  /** Whether any variable was found. */
  found: boolean;
}

const VARIABLE =
  /\$(?:(?<plain>\$)|(?<name>[A-Za-z_]\w*)|\{(?<braced>[A-Za-z_]\w*)(?:\}|(?<operator>:?[-?+])))/g;

/**
 * A text of a compose file in the words of run.cfg: `${NAME:-default}` becomes `${NAME}`, with a default in docker/.env.
 *
 * @param told what is to be said of it
 * @throws {NotCarried} for `${NAME:+other}`, and for braces that run.cfg would replace
 */
export function toReplacements(text: string, variables: Variables, told: (note: string) => void): string {
  return mapped(text, {
    text: withoutWords,
    dollar: '$$',
    variable(found) {
      variables.found = true;
      return replacement(found, variables, told);
    },
  });
}

/** The same where nothing is replaced: a default is put in, and a variable without one stays as it is, which is told. */
export function toLiteral(text: string, told: (note: string) => void): string {
  return mapped(text, {
    text: (part) => part,
    dollar: '$',
    variable({ name, operator, other }) {
      if (operator.endsWith('-') && !other.includes('$')) {
        told(`has $${name}, and nothing is replaced in cmd=: its default stands there`);
        return other;
      }
      told(`has $${name}, and nothing is replaced in cmd=: it stays as it is, for a shell in the container`);
      return `$${name}`;
    },
  });
}

interface Found {
  name: string;
  /** `:-` and the like, or empty. */
  operator: string;
  /** What stands behind it. */
  other: string;
}

interface Mapping {
  text: (part: string) => string;
  dollar: string;
  variable: (found: Found) => string;
}

function mapped(text: string, mapping: Mapping): string {
  let result = '';
  let from = 0;
  const pattern = new RegExp(VARIABLE);
  for (let match = pattern.exec(text); match; match = pattern.exec(text)) {
    const { plain, name, braced, operator = '' } = match.groups ?? {};
    result += mapping.text(text.slice(from, match.index));
    from = pattern.lastIndex;
    if (plain !== undefined) result += mapping.dollar;
    else {
      const end = operator === '' ? from : closingBrace(text, from);
      const other = text.slice(from, Math.max(from, end - 1));
      from = end;
      result += mapping.variable({ name: name ?? braced ?? '', operator, other });
    }
    pattern.lastIndex = from;
  }
  return result + mapping.text(text.slice(from));
}

/** Behind the brace that closes what was opened before `from`. */
function closingBrace(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith('${', at)) depth++;
    else if (text[at] === '}' && --depth === 0) return at + 1;
  }
  throw new NotCarried(`has a \${ without its end`);
}

function replacement(
  { name, operator, other }: Found,
  variables: Variables,
  told: (note: string) => void,
): string {
  if (operator.endsWith('+')) throw new NotCarried(`has \${${name}${operator}…}: run.cfg knows $NAME alone`);
  const { inFile, defaults } = variables;
  if (!operator.endsWith('-') || inFile?.(name) === true) return `\${${name}}`;
  if (!inFile && (!defaults.has(name) || defaults.get(name) === other)) {
    defaults.set(name, other);
    return `\${${name}}`;
  }
  if (other.includes('$'))
    throw new NotCarried(
      `has a default of $${name} that takes up others: write $${name} there, and put it into .env`,
    );
  const why = inFile ? `.env has no ${name}` : `${name} has another default elsewhere`;
  told(`has $${name}, for which its default stands now: ${why}`);
  return withoutWords(other).replaceAll('$', '$$$$');
}

/** A lone `{word}` would be replaced, or refused. */
function withoutWords(text: string): string {
  const word = /(?<!\{)\{[A-Za-z][\w-]*\}(?!\})/.exec(text)?.[0];
  if (word !== undefined) throw new NotCarried(`has ${word}, which would be replaced in run.cfg`);
  // What compose leaves alone as no variable, as in "5$".
  return text.replaceAll('$', '$$$$');
}
