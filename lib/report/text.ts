import { stripVTControlCharacters } from 'node:util';
import { trimmed } from '../text/trim.js';

const COLOUR = /\x1b\[[\d;:]*m/;
const EMOJI = /\p{Emoji_Presentation}|\ufe0f/u;
const INVISIBLE = /^[\p{Control}\p{Format}\p{Mark}]+$/u;
/**
 * What takes a column a letter, and stands by itself: ASCII, Latin letters, punctuation, arrows, what lines and boxes are drawn
 * with, ticks and crosses.
 */
const NARROW =
  /^[\x20-\x7e\xa1-\xac\xae-\u02ff\u2010-\u2027\u2030-\u205e\u2190-\u21ff\u2500-\u25fc\u2713-\u2718]*$/;

/**
 * What a terminal may show of a line from somewhere else: colours stay, all that moves the cursor or changes the
 * terminal goes, a tab is blanks, and of a line that was overwritten by carriage returns the last state is left.
 */
export function colouredLine(text: string): string {
  const line = trimmed(text, /[\r\n]/, 'end');
  const shown = line.slice(line.lastIndexOf('\r') + 1).replaceAll('\t', '    ');
  return splitColours(shown)
    .map((part) => (COLOUR.test(part) ? part : removeControls(part)))
    .join('');
}

/** Columns that a text takes on a terminal; colours take none. */
export function displayWidth(text: string): number {
  if (NARROW.test(text)) return text.length;
  let width = 0;
  for (const grapheme of graphemesOf(stripVTControlCharacters(text))) width += graphemeWidth(grapheme);
  return width;
}

/** The text, cut so that it takes no more than `columns`; what was cut is marked by `ellipsis`. */
export function truncate(text: string, columns: number, ellipsis = '…'): string {
  if (displayWidth(text) <= columns) return text;
  let room = columns - displayWidth(ellipsis);
  if (room < 0) return '';
  let kept = '';
  let full = false;
  for (const part of splitColours(text)) {
    if (COLOUR.test(part)) {
      // Colours behind the cut stay, so that none is left switched on.
      kept += part;
      continue;
    }
    if (full) continue;
    for (const grapheme of graphemesOf(part)) {
      room -= graphemeWidth(grapheme);
      if (room < 0) {
        full = true;
        kept += ellipsis;
        break;
      }
      kept += grapheme;
    }
  }
  return full ? kept : kept + ellipsis;
}

function splitColours(text: string): string[] {
  return text.split(new RegExp(`(${COLOUR.source})`)).filter((part) => part !== '');
}

function removeControls(text: string): string {
  return stripVTControlCharacters(text).replace(/[\x00-\x1f\x7f-\x9f]/g, '');
}

let segmenter: Intl.Segmenter | undefined;

/** What a reader takes for the letters of a text. */
function graphemesOf(text: string): string[] {
  if (NARROW.test(text)) return [...text];
  // Made where it is needed alone: its first takes 50 ms, a tenth of a start of gulp.
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function graphemeWidth(grapheme: string): number {
  if (NARROW.test(grapheme)) return 1;
  if (INVISIBLE.test(grapheme)) return 0;
  return EMOJI.test(grapheme) || isWide(grapheme.codePointAt(0) ?? 0) ? 2 : 1;
}

/** East Asian wide and full-width characters, the ranges of Unicode's EastAsianWidth.txt (W and F) by block. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff01, 0xff60],
  [0xffe0, 0xffe6],
  [0x17000, 0x18aff],
  [0x1b000, 0x1b2ff],
  [0x20000, 0x3fffd],
];

function isWide(code: number): boolean {
  return code >= 0x1100 && WIDE.some(([first, last]) => code >= first && code <= last);
}
