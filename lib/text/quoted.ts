/** `text` between double quotes, as docker's messages show a word (Go's `%q`). */
export function quoted(text: string): string {
  return JSON.stringify(text);
}
