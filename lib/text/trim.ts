/**
 * Text without the characters at its ends that `blank` describes, one at a time. A RegExp with a `+$` would look at each
 * row of blanks within the text from each of its places.
 */
export function trimmed(text: string, blank: RegExp, sides: 'both' | 'end' = 'both'): string {
  let start = 0;
  let end = text.length;
  while (end > start && blank.test(text.charAt(end - 1))) end--;
  if (sides === 'both') while (start < end && blank.test(text.charAt(start))) start++;
  return text.slice(start, end);
}
