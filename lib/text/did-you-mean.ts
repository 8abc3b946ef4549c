import { distance } from 'fastest-levenshtein';

/**
 * ` (did you mean "dev"?)` for the candidate nearest to `word`, or one that begins with it; an empty string where none is
 * near: what has less than two letters in three in common is another word.
 */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const near =
    nearest(word, all, (length) => Math.min(length - 1, Math.max(1, Math.floor(length / 3)))) ??
    all.find((candidate) => isBeginning(word, candidate));
  return near === undefined ? '' : ` (did you mean "${near}"?)`;
}

/**
 * The candidate that `word` is surely meant for: the same but for capitals and blanks around it, two letters that changed
 * places, or one letter (two in a long word) that is wrong, missing or too many.
 */
export function nearName(word: string, candidates: Iterable<string>): string | undefined {
  return nearest(word, candidates, (length) => Math.min(2, Math.floor(length / 3)));
}

/** @param allowed how many edits make no other word of one that is as long */
function nearest(
  word: string,
  candidates: Iterable<string>,
  allowed: (length: number) => number,
): string | undefined {
  const lower = plain(word.trim());
  let found: string | undefined;
  let best = Infinity;
  for (const candidate of candidates) {
    const other = plain(candidate);
    const isSame = isSwapped(lower, other);
    const edits = isSame ? 0.5 : distance(lower, other);
    if (edits >= best || edits > (isSame ? 1 : allowed(Math.max(lower.length, other.length)))) continue;
    [best, found] = [edits, candidate];
  }
  return found;
}

/** Docker's names have dashes where Python's have underscores. */
function plain(word: string): string {
  return word.toLowerCase().replaceAll('_', '-');
}

/** `hots` and `host`: two neighbours changed places, in a word that has more letters than these. */
function isSwapped(word: string, other: string): boolean {
  if (word.length !== other.length || word.length < 3) return false;
  const at = [...word].findIndex((letter, index) => letter !== other[index]);
  const [first = '', second = ''] = word.slice(at, at + 2);
  return at >= 0 && word.slice(0, at) + second + first + word.slice(at + 2) === other;
}

function isBeginning(word: string, candidate: string): boolean {
  const lower = word.trim().toLowerCase();
  return lower.length > 2 && candidate.toLowerCase().startsWith(lower);
}
