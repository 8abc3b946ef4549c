/** One part of an expression. */
interface Part {
  /** What it takes at a place: a character, or sticky. None for a fork. */
  takes?: RegExp | string;
  /** Where the way goes on without it. */
  forks: readonly number[];
  /** Whether it may take any number of characters. */
  repeated: boolean;
}

/**
 * Whether an expression matches a whole text, in time that grows with the length of both and not beyond: every way is
 * followed at once, where a RegExp tries one after the other.
 *
 * @param source in the syntax of RegExp's unicode mode: characters, escapes, classes, `.`, each with a `*` behind it or not,
 * and `(.*\/)?`
 */
export function linearMatcher(source: string): (text: string) => boolean {
  const parts = partsOf(source);
  return (text) => {
    let reached = new Set([0]);
    for (let at = 0; reached.size > 0;) {
      const next = new Set<number>();
      // A set goes on to what is added to it on the way.
      for (const place of reached) {
        const part = parts[place];
        if (!part) continue;
        for (const fork of part.forks) reached.add(fork);
        const length = part.takes && lengthAt(part.takes, text, at);
        if (length === 0) reached.add(place + 1);
        else if (length !== undefined) next.add(part.repeated ? place : place + 1);
      }
      if (at >= text.length) return reached.has(parts.length);
      reached = next;
      at += (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
    }
    return false;
  };
}

/** Characters that it takes; 0 where it only looks, undefined where it does not match. */
function lengthAt(takes: RegExp | string, text: string, at: number): number | undefined {
  if (typeof takes === 'string') return text.startsWith(takes, at) ? takes.length : undefined;
  takes.lastIndex = at;
  return takes.test(text) ? takes.lastIndex - at : undefined;
}

// eslint-disable-next-line regexp/no-super-linear-move -- A class that is not closed has been refused.
const PART = /\(\.\*\/\)\?|(?<atom>\\[^]|\[\^?(?:\\[^]|[^\]\\])*\]|[^])(?<many>\*?)/gu;

function partsOf(source: string): Part[] {
  const parts: Part[] = [];
  const add = (atom: string, repeated: boolean) => {
    // Most parts of a long pattern are plain characters; compiling a RegExp for each would be slow.
    const [, escaped, itself] = /^(?:\\(\W)|([^\\^$.*+?()[\]{}|]))$/u.exec(atom) ?? [];
    const takes = escaped ?? itself ?? new RegExp(atom, 'uy');
    parts.push({ takes, repeated, forks: repeated ? [parts.length + 1] : [] });
  };
  for (const { groups = {} } of source.matchAll(PART)) {
    if (groups.atom !== undefined) {
      add(groups.atom, groups.many === '*');
      continue;
    }
    parts.push({ repeated: false, forks: [parts.length + 1, parts.length + 3] });
    add('.', true);
    add('/', false);
  }
  return parts;
}
