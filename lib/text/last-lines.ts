/** What a program wrote last, as the end of a sentence that says what became of it. */
export function saidLast(last: readonly string[], who = 'it'): string {
  return last.length === 0
    ? `; ${who} has written nothing`
    : `; ${who} wrote last:${last.map((line) => `\n  ${line}`).join('')}`;
}
