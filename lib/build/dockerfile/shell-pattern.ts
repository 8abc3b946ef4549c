/** A character, or what stands for any one (`?`) or any number of them (`*`). */
type Token = { char: string } | 'one' | 'many';

/** `${NAME#pattern}` and `##`: the value without the shortest or the longest beginning that matches. */
export function removePrefix(value: string, pattern: string, longest: boolean): string {
  const chars = [...value];
  return chars.slice(matchLength(chars, tokensOf(pattern), longest) ?? 0).join('');
}

/** `${NAME%pattern}` and `%%`: the value without the shortest or the longest end that matches. */
export function removeSuffix(value: string, pattern: string, longest: boolean): string {
  const chars = [...value].reverse();
  const length = matchLength(chars, tokensOf(pattern).reverse(), longest) ?? 0;
  return chars.slice(length).reverse().join('');
}

/** `${NAME/pattern/text}` and `//`: the value with the first or every longest match replaced. */
export function replacePattern(value: string, pattern: string, replacement: string, all: boolean): string {
  const tokens = tokensOf(pattern);
  const chars = [...value];
  let replaced = '';
  let copied = 0;
  for (let at = 0; at <= chars.length;) {
    const length = matchLength(chars.slice(at), tokens, true);
    // An empty match right behind another one is none.
    if (length === undefined || (length === 0 && at === copied && at > 0)) {
      at++;
      continue;
    }
    replaced += chars.slice(copied, at).join('') + replacement;
    copied = at + length;
    at = Math.max(copied, at + 1);
    if (!all) break;
  }
  return replaced + chars.slice(copied).join('');
}

/** @throws {SyntaxError} for an escape that means nothing */
function tokensOf(pattern: string): Token[] {
  const tokens: Token[] = [];
  const chars = [...pattern];
  for (let at = 0; at < chars.length; at++) {
    const char = chars[at] ?? '';
    if (char === '*') tokens.push('many');
    else if (char === '?') tokens.push('one');
    else if (char !== '\\') tokens.push({ char });
    else {
      const escaped = chars[++at] ?? '';
      if (!/^[*?\\/}]$/.test(escaped)) throw new SyntaxError(`"\\${escaped}" means nothing in a pattern`);
      tokens.push({ char: escaped });
    }
  }
  return tokens;
}

/**
 * How many of the first characters the whole pattern matches. Every way is followed at once, so that the time grows
 * with the length of both and not beyond.
 */
function matchLength(
  chars: readonly string[],
  tokens: readonly Token[],
  longest: boolean,
): number | undefined {
  let reached = withSkipped(new Set([0]), tokens);
  let found: number | undefined;
  for (let at = 0; reached.size > 0; at++) {
    if (reached.has(tokens.length)) {
      found = at;
      if (!longest) return found;
    }
    const char = chars[at];
    if (char === undefined) return found;
    const next = new Set<number>();
    for (const place of reached) {
      const token = tokens[place];
      if (token === undefined) continue;
      if (typeof token === 'object' ? token.char === char : char !== '\n')
        next.add(token === 'many' ? place : place + 1);
    }
    reached = withSkipped(next, tokens);
  }
  return found;
}

/** A `*` may stand for nothing. */
function withSkipped(places: Set<number>, tokens: readonly Token[]): Set<number> {
  for (const place of places) if (tokens[place] === 'many') places.add(place + 1);
  return places;
}
