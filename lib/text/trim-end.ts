/**
 * A text without what it ends with of some characters. `/\r+$/` would do the same, and for a row that is not at the end take
 * time that grows with the square of its length.
 */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}
