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
  const end = parts.length;
  const least = leastLengths(parts);
  let [reached, next] = [new Places(end + 1), new Places(end + 1)];
  return (text) => {
    const goOn = (places: Places, place: number, at: number) => {
      if ((least[place] ?? 0) <= text.length - at) places.add(place);
    };
    reached.clear();
    goOn(reached, 0, 0);
    for (let at = 0; reached.count > 0;) {
      const after = at + ((text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1);
      next.clear();
      // It goes on to what is added to it on the way.
      for (let i = 0; i < reached.count; i++) {
        const place = reached.at(i);
        const part = parts[place];
        if (!part) continue;
        for (const fork of part.forks) goOn(reached, fork, at);
        const length = part.takes && lengthAt(part.takes, text, at);
        if (length === 0) goOn(reached, place + 1, at);
        else if (length !== undefined) goOn(next, part.repeated ? place : place + 1, after);
      }
      if (at >= text.length) return reached.has(end);
      [reached, next] = [next, reached];
      at = after;
    }
    return false;
  };
}

/** Numbers below a bound, in the order in which they came; as a Set, but several times quicker. */
class Places {
  readonly #places: Int32Array;
  /** In which round each was added last. */
  readonly #added: Float64Array;
  #round = 1;
  count = 0;

  constructor(bound: number) {
    this.#places = new Int32Array(bound);
    this.#added = new Float64Array(bound);
  }

  clear(): void {
    this.#round++;
    this.count = 0;
  }

  add(place: number): void {
    if (this.has(place)) return;
    this.#added[place] = this.#round;
    this.#places[this.count++] = place;
  }

  has(place: number): boolean {
    return this.#added[place] === this.#round;
  }

  at(index: number): number {
    return this.#places[index] ?? 0;
  }
}

/** How long a text has to be at least that matches from each place on: so nobody tries a long pattern on a short path. */
function leastLengths(parts: readonly Part[]): Int32Array {
  const least = new Int32Array(parts.length + 1);
  const from = (place: number) => least[place] ?? 0;
  parts.toReversed().forEach(({ takes, forks, repeated }, back) => {
    const place = parts.length - 1 - back;
    const ways = forks.map(from);
    if (takes !== undefined && !repeated) ways.push(leastLength(takes) + from(place + 1));
    least[place] = Math.min(...ways);
  });
  return least;
}

/** Of an expression that is neither a class nor `.` it is not known: it may only look. */
function leastLength(takes: RegExp | string): number {
  return typeof takes === 'string' ? takes.length : /^[.[]/.test(takes.source) ? 1 : 0;
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
  const compiled = new Map<string, RegExp>();
  const sticky = (atom: string) => {
    const known = compiled.get(atom) ?? new RegExp(atom, 'uy');
    compiled.set(atom, known);
    return known;
  };
  const add = (atom: string, repeated: boolean) => {
    // Most parts of a long pattern are plain characters, and the others alike; compiling a RegExp for each would be slow.
    const [, escaped, itself] = /^(?:\\(\W)|([^\\^$.*+?()[\]{}|]))$/u.exec(atom) ?? [];
    const takes = escaped ?? itself ?? sticky(atom);
    parts.push({ takes, repeated, forks: repeated ? [parts.length + 1] : [] });
  };
  // Folders in a row are as good as one.
  for (const { groups = {} } of source.replaceAll(/(?:\(\.\*\/\)\?)+/g, '(.*/)?').matchAll(PART)) {
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
