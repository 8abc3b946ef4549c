import { type Arrow, type Box, layOut, type Measures } from './layout.js';
import type { ImageGraph } from './plan-graph.js';
import type { Notes } from './render-tree.js';

/** What a picture shows of an image besides its notes. */
export interface Mark {
  /**
   * - `rebuilt`: some steps were carried out in this run
   * - `cached`: all steps came from the cache in this run
   * - `old`: what it is built from is newer
   * - `missing`: it is not built
   */
  state?: 'rebuilt' | 'cached' | 'old' | 'missing';
  /** Bytes of the layers that it has from other images of the graph, and of those on top of them. */
  bytes?: { shared: number; own: number };
}

const LINE_HEIGHT = 18;
const NAME_CHARACTER = 8.5;
const NOTE_CHARACTER = 6.6;
const PADDING = 14;
const BAR = 6;
/** Pixels of a part of a bar that would be too short to be seen. */
const SHORTEST = 2;

const STYLE = `
  .box { fill: #eef4fb; stroke: #2b6cb0; stroke-width: 1.5 }
  .rebuilt { fill: #e6f6ec; stroke: #2f855a; stroke-width: 2.5 }
  .old { stroke: #b7791f }
  .old, .missing { stroke-dasharray: 5 4 }
  .name { font: 600 14px system-ui, sans-serif; fill: #1a202c }
  .note { font: 11px system-ui, sans-serif; fill: #4a5568 }
  .shared { fill: #a3bfdb }
  .own { fill: #2b6cb0 }
  .arrow { fill: none; stroke: #718096; stroke-width: 1.5 }
  .head { fill: #718096 }
  @media (prefers-color-scheme: dark) {
    .box { fill: #1e2a3a; stroke: #63b3ed }
    .rebuilt { fill: #1c3328; stroke: #68d391 }
    .old { stroke: #ecc94b }
    .name { fill: #edf2f7 }
    .note { fill: #a0aec0 }
    .shared { fill: #4a6583 }
    .own { fill: #63b3ed }
    .arrow { stroke: #a0aec0 }
    .head { fill: #a0aec0 }
  }
`;

/** The graph as a complete SVG document; arrows go down from an image to what is built from it. */
export function renderSvg(
  graph: ImageGraph,
  notes: Notes = new Map(),
  marks: ReadonlyMap<string, Mark> = new Map(),
): string {
  const notesOf = (image: string) => notes.get(image) ?? [];
  const linesOfNotes = Math.max(0, ...graph.order.map((image) => notesOf(image).length));
  const sums = [...marks.values()].map(({ bytes }) => (bytes ? bytes.shared + bytes.own : 0));
  const largest = Math.max(0, ...sums);
  const measures: Measures = {
    widthOf: (image) => {
      const widths = notesOf(image).map((note) => note.length * NOTE_CHARACTER);
      return Math.max(64, image.length * NAME_CHARACTER, ...widths) + 2 * PADDING;
    },
    boxHeight: (1 + linesOfNotes) * LINE_HEIGHT + PADDING + (largest > 0 ? 2 * BAR : 0),
    gap: 28,
    rowGap: 56,
    margin: 16,
  };
  const { boxes, arrows, width, height } = layOut(graph, measures);
  // Bars of all boxes are to one scale.
  const room = Math.min(...boxes.map((box) => box.width)) - 2 * PADDING;
  const size = `${round(width)} ${round(height)}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size}" width="${round(width)}" height="${round(height)}" role="img">`,
    '<title>Images and what they are built from</title>',
    `<style>${STYLE}</style>`,
    '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">',
    '<path class="head" d="M0 0 8 4 0 8z"/></marker></defs>',
    ...arrows.map(arrowPath),
    ...boxes.map((box) => {
      const drawn = { height: measures.boxHeight, notes: notesOf(box.image), mark: marks.get(box.image) };
      return boxGroup(box, { ...drawn, largest, room });
    }),
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

interface Drawn {
  height: number;
  notes: readonly string[];
  mark?: Mark;
  /** Bytes of the largest image, and pixels of its bar. */
  largest: number;
  room: number;
}

function boxGroup(box: Box, { height, notes, mark, largest, room }: Drawn): string {
  const { image, x, y, width } = box;
  const barHeight = largest > 0 ? 2 * BAR : 0;
  const textHeight = (1 + notes.length) * LINE_HEIGHT;
  const baseline = (line: number) =>
    round(y + (height - barHeight - textHeight) / 2 + line * LINE_HEIGHT + 13);
  const text = (kind: string, line: number, words: string) =>
    `<text class="${kind}" x="${round(x)}" y="${baseline(line)}" text-anchor="middle">${escaped(words)}</text>`;
  const kind = ['box', ...(mark?.state ? [mark.state] : [])].join(' ');
  return [
    `<g>${rectangle(kind, { x: x - width / 2, y, width, height }, 6)}`,
    text('name', 0, image),
    ...notes.map((note, index) => text('note', index + 1, note)),
    ...(mark?.bytes ? bar(mark.bytes, { largest, room, x, y: y + height - 2 * BAR }) : []),
    '</g>',
  ].join('');
}

/** What an image has from others, and behind it what is its own. */
function bar(
  bytes: { shared: number; own: number },
  { largest, room, x, y }: { largest: number; room: number; x: number; y: number },
): string[] {
  const long = (part: number) => part && Math.max(SHORTEST, (part / largest) * (room - 2 * SHORTEST));
  const shared = { kind: 'shared', start: x - room / 2, width: long(bytes.shared) };
  const own = { kind: 'own', start: shared.start + shared.width, width: long(bytes.own) };
  return [shared, own]
    .filter(({ width }) => width > 0)
    .map(({ kind, start, width }) => rectangle(kind, { x: start, y, width, height: BAR }));
}

function rectangle(
  kind: string,
  place: { x: number; y: number; width: number; height: number },
  radius?: number,
): string {
  const sides = Object.entries(place).map(([name, pixels]) => `${name}="${round(pixels)}"`);
  return `<rect class="${kind}" ${sides.join(' ')}${radius === undefined ? '' : ` rx="${radius}"`}/>`;
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ENTITIES[char] ?? char);
}
