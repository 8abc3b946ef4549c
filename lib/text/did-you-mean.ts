import { distance } from 'fastest-levenshtein';

/** ` (did you mean "dev"?)` for the candidate nearest to `word`, or an empty string where none is near. */
export function didYouMean(word: string, candidates: Iterable<string>): string {
  let nearest: string | undefined;
  let best = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of candidates) {
    const edits = distance(word.toLowerCase(), candidate.toLowerCase());
    if (edits < best) [best, nearest] = [edits, candidate];
  }
  return nearest === undefined ? '' : ` (did you mean "${nearest}"?)`;
}

/**
 * The candidate that `word` is surely meant for: the same but for capitals and blanks around it, two letters that changed places, or one letter
 * (two in a long word) that is wrong, missing or too many.
 */
export function nearName(word: string, candidates: Iterable<string>): string | undefined {
  const lower = word.trim().toLowerCase();
  return [...candidates].find((candidate) => {
    const other = candidate.toLowerCase();
    const edits = distance(lower, other);
    const allowed = Math.min(2, Math.floor(Math.max(lower.length, other.length) / 3));
    return edits <= Math.max(allowed, lower.length > 2 && isSwapped(lower, other) ? 2 : 0);
  });
}

function isSwapped(word: string, other: string): boolean {
  return [...word].sort().join('') === [...other].sort().join('');
}
