/** One instruction of a Dockerfile. */
export interface Instruction {
  /** In capitals. */
  keyword: string;
  /** Such as `--from=base`, without quotes. */
  flags: readonly string[];
  /** What comes behind the flags. */
  rest: string;
  /** All of it on one line. */
  text: string;
  /** Where it begins, counted from 1. */
  line: number;
}

const BLANKS = /[\t\v\f\r ]+/;

/** @param text of an instruction, on one line */
export function readInstruction(text: string, line: number, escape: string): Instruction {
  const trimmed = text.trim();
  const [keyword = ''] = trimmed.split(BLANKS, 1);
  const { flags, rest } = splitFlags(trimmed.slice(keyword.length).trim(), escape);
  return { keyword: keyword.toUpperCase(), flags, rest: rest.trim(), text: trimmed, line };
}

/** The instruction that an ONBUILD keeps for later. */
export function triggerOf({ rest, line }: Instruction, escape: string): Instruction {
  return readInstruction(rest, line, escape);
}

/** The values of all flags of that name. */
export function flagValues({ flags }: Instruction, name: string): string[] {
  const start = `--${name}=`;
  return flags.flatMap((flag) => (flag.startsWith(start) ? flag.slice(start.length) : []));
}

/** Words at blanks, whatever their quotes. */
export function plainWords({ rest }: Instruction): string[] {
  return rest === '' ? [] : rest.split(BLANKS);
}

/** Words at blanks that are neither quoted nor escaped; quotes stay in them. */
export function quotedWords({ rest }: Instruction, escape: string): string[] {
  const escaped = escape === '\\' ? '\\\\' : '`';
  const word = `(?:${escaped}[^]|'[^']*(?:'|$)|"(?:${escaped}[^]|[^"${escaped}])*(?:"|$)|\\S)+`;
  return rest.match(new RegExp(word, 'g')) ?? [];
}

/** What is written as a list of JSON; undefined where it is not. */
export function jsonWords({ rest }: Instruction): unknown[] | undefined {
  try {
    const list: unknown = rest.startsWith('[') ? JSON.parse(rest) : undefined;
    return Array.isArray(list) ? list : undefined;
  } catch {
    return undefined;
  }
}

/** Words in front that begin with two dashes; their quotes and escapes are removed. */
function splitFlags(text: string, escape: string): { flags: string[]; rest: string } {
  const flags: string[] = [];
  let rest = text;
  while (rest.startsWith('--')) {
    const { word, length } = firstWord(rest, escape);
    rest = rest.slice(length).trimStart();
    if (word === '--') break;
    flags.push(word);
  }
  return { flags, rest };
}

function firstWord(text: string, escape: string): { word: string; length: number } {
  let word = '';
  let quote = '';
  let at = 0;
  for (; at < text.length && (quote !== '' || !/\s/.test(text.charAt(at))); at++) {
    const char = text.charAt(at);
    if (char === quote) quote = '';
    else if (quote === '' && (char === '"' || char === "'")) quote = char;
    else word += char === escape ? text.charAt(++at) : char;
  }
  return { word, length: at };
}
