import { type Arrow, type Box, layOut, type Measures } from './layout.js';
import type { ImageGraph } from './plan-graph.js';
import type { Notes } from './render-tree.js';

const LINE_HEIGHT = 18;
const NAME_CHARACTER = 8.5;
const NOTE_CHARACTER = 6.6;
const PADDING = 14;

const STYLE = `
  .box { fill: #eef4fb; stroke: #2b6cb0; stroke-width: 1.5 }
  .name { font: 600 14px system-ui, sans-serif; fill: #1a202c }
  .note { font: 11px system-ui, sans-serif; fill: #4a5568 }
  .arrow { fill: none; stroke: #718096; stroke-width: 1.5 }
  .head { fill: #718096 }
  @media (prefers-color-scheme: dark) {
    .box { fill: #1e2a3a; stroke: #63b3ed }
    .name { fill: #edf2f7 }
    .note { fill: #a0aec0 }
    .arrow { stroke: #a0aec0 }
    .head { fill: #a0aec0 }
  }
`;

/** The graph as a complete SVG document; arrows go down from an image to what is built from it. */
export function renderSvg(graph: ImageGraph, notes: Notes = new Map()): string {
  const notesOf = (image: string) => notes.get(image) ?? [];
  const linesOfNotes = Math.max(0, ...graph.order.map((image) => notesOf(image).length));
  const measures: Measures = {
    widthOf: (image) => {
      const widths = notesOf(image).map((note) => note.length * NOTE_CHARACTER);
      return Math.max(64, image.length * NAME_CHARACTER, ...widths) + 2 * PADDING;
    },
    boxHeight: (1 + linesOfNotes) * LINE_HEIGHT + PADDING,
    gap: 28,
    rowGap: 56,
    margin: 16,
  };
  const { boxes, arrows, width, height } = layOut(graph, measures);
  const size = `${round(width)} ${round(height)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${round(width)}" height="${round(height)}" role="img">`,
    '<title>Images and what they are built from</title>',
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
    '<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...arrows.map(arrowPath),
    ...boxes.map((box) => boxGroup(box, measures.boxHeight, notesOf(box.image))),
    '</svg>\n',
  ].join('\n');
}

function arrowPath({ points: [start, ...rest] }: Arrow): string {
  let path = `M${round(start.x)} ${round(start.y)}`;
  let { x, y } = start;
  for (const point of rest) {
    const middle = (y + point.y) / 2;
    path += ` C${[x, middle, point.x, middle, point.x, point.y].map(round).join(' ')}`;
    ({ x, y } = point);
  }
  return `<path class="arrow" d="${path}" marker-end="url(#head)"/>`;
}

function boxGroup({ image, x, y, width }: Box, height: number, notes: readonly string[]): string {
  const textHeight = (1 + notes.length) * LINE_HEIGHT;
  const baseline = (line: number) => round(y + (height - textHeight) / 2 + line * LINE_HEIGHT + 13);
  const text = (kind: string, line: number, words: string) =>
    `<text class="${kind}" x="${round(x)}" y="${baseline(line)}" text-anchor="middle">${escaped(words)}</text>`;
  return [
    `<g><rect class="box" x="${round(x - width / 2)}" y="${round(y)}" width="${round(width)}" height="${round(height)}" rx="6"/>`,
    text('name', 0, image),
    ...notes.map((note, index) => text('note', index + 1, note)),
    '</g>',
  ].join('');
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
