import { type Piece, piecesOf } from './terminal-lines.js';

/** What a screen showed, and for how long. */
export interface Frame {
  lines: readonly string[];
  milliseconds: number;
}

export interface TerminalSize {
  columns: number;
  rows: number;
}

const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 16;

/** As GitHub and npm show it: without a script and without a font from elsewhere, for light and dark pages. */
const STYLE = `
  text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #24292f; white-space: pre }
  .screen { fill: #f6f8fa; stroke: #d0d7de }
  .bold { font-weight: 700 } .dim { fill: #6e7781 }
  .red { fill: #cf222e } .green { fill: #116329 } .yellow { fill: #9a6700 } .cyan { fill: #1b7c83 } .blue { fill: #0969da }
  @media (prefers-color-scheme: dark) {
    text { fill: #e6edf3 }
    .screen { fill: #0d1117; stroke: #30363d }
    .dim { fill: #8b949e }
    .red { fill: #ff7b72 } .green { fill: #56d364 } .yellow { fill: #e3b341 } .cyan { fill: #56d4dd } .blue { fill: #79c0ff }
  }`;

/**
 * A recording as an SVG that plays again and again: a strip of all frames, which CSS moves past a window. Who wants less motion sees
 * the last frame.
 */
export function terminalSvg(
  frames: readonly Frame[],
  { columns, rows }: TerminalSize,
  title: string,
): string {
  const width = Math.ceil(columns * CHARACTER + 2 * MARGIN);
  const height = rows * LINE + 2 * MARGIN;
  const rowIds = new Map<string, string>();
  const strip = frames.map(({ lines }, index) => {
    const uses = piecesOf(lines).flatMap((pieces, row) => {
      const drawn = rowText(pieces);
      if (drawn === '') return [];
      if (!rowIds.has(drawn)) rowIds.set(drawn, `r${rowIds.size.toString(36)}`);
      return `<use href="#${rowIds.get(drawn)}" y="${row * LINE}"/>`;
    });
    return `<g transform="translate(${index * width})">${uses.join('')}</g>`;
  });
  const total = frames.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
  const last = (frames.length - 1) * width;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}
  .strip { animation: play ${(total / 1000).toFixed(1)}s steps(1, end) infinite }
  @keyframes play { ${keyframes(frames, { total, width })} }
  @media (prefers-reduced-motion: reduce) { .strip { animation: none; transform: translateX(-${last}px) } }
</style>`,
    `<defs>${[...rowIds].map(([drawn, id]) => `<g id="${id}">${drawn}</g>`).join('\n')}</defs>`,
    `<rect class="screen" x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="8"/>`,
    `<svg x="${MARGIN}" y="${MARGIN}" width="${width - 2 * MARGIN}" height="${height - 2 * MARGIN}"><g class="strip">`,
    ...strip,
    '</g></svg></svg>\n',
  ].join('\n');
}

function keyframes(frames: readonly Frame[], { total, width }: { total: number; width: number }): string {
  let at = 0;
  const steps = frames.map(({ milliseconds }, index) => {
    const percent = Number(((at / total) * 100).toFixed(2));
    at += milliseconds;
    return `${percent}% { transform: translateX(-${index * width}px) }`;
  });
  return [...steps, `100% { transform: translateX(-${(frames.length - 1) * width}px) }`].join(' ');
}

/** Each piece has the width of its columns, whichever font is there. */
function rowText(pieces: readonly Piece[]): string {
  return pieces
    .map(({ column, text, looks }) => {
      const lead = text.length - text.trimStart().length;
      const shown = text.trim();
      const place = `x="${pixels((column + lead) * CHARACTER)}" y="15" textLength="${pixels([...shown].length * CHARACTER)}"`;
      const kind = looks.length === 0 ? '' : ` class="${looks.join(' ')}"`;
      return `<text ${place}${kind}>${escaped(shown)}</text>`;
    })
    .join('');
}

function pixels(length: number): number {
  return Math.round(length * 10) / 10;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

function escaped(text: string): string {
  return text.replace(/[&<>]/g, (character) => ENTITIES[character] ?? character);
}
