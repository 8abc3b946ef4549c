/** A stretch of text that stands on one line of a file. */
export interface Piece {
  text: string;
  /** Counted from 1. */
  line: number;
}

/**
 * Text put together from several places of a file, such as a value that goes on over several lines or that takes
 * another one up. The pieces join without anything between them: line ends are part of their text.
 */
export type LinedText = readonly Piece[];

/** The text alone. */
export function textOf(value: LinedText): string {
  return value.map((piece) => piece.text).join('');
}

/** The line on which the character at `offset` stands; for an offset behind the end, the last line. */
export function lineAt(value: LinedText, offset: number): number {
  let end = 0;
  for (const piece of value) {
    end += piece.text.length;
    if (offset < end) return piece.line;
  }
  return value.at(-1)?.line ?? 1;
}

/** The characters from `start` up to and without `end`, each with its line. */
export function sliceLined(value: LinedText, start: number, end: number): Piece[] {
  const slice: Piece[] = [];
  let offset = 0;
  for (const { text, line } of value) {
    const part = text.slice(Math.max(0, start - offset), Math.max(0, end - offset));
    if (part !== '') slice.push({ text: part, line });
    offset += text.length;
  }
  return slice;
}
