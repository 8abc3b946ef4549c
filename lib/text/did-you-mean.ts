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
