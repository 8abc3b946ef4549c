/** The text of a file of these lines; a part that ends with a line end is several of them. */
export function fileText(...lines: readonly string[]): string {
  return lines.map((line) => (line.endsWith('\n') ? line : `${line}\n`)).join('');
}
