import { formatBytes, renderTable, type TableSurface } from '../report/index.js';
import type { Palette, Signs } from '../report/palette.js';
import { wrapped } from '../report/wrapped.js';
import { type Layer, sizeOf } from './layers.js';

/** An image, its layers, and what else is said of it. */
export interface LayerPicture {
  reference: string;
  layers: readonly Layer[];
  /** Sentences, such as what a host would get. */
  remarks: readonly string[];
}

/** Columns of the longest bar, on a wide terminal and at the least. */
const LONGEST_BAR = 20;
const SHORTEST_BAR = 6;
/** Names that are told of those that share a layer. */
const NAMES_TOLD = 3;

/** Layers as bars, the lowest first, each with its size, who shares it, and what made it; a line a row. */
export function renderLayers(
  { reference, layers, remarks }: LayerPicture,
  palette: Palette,
  { columns = Infinity }: Pick<TableSurface, 'columns'> = {},
): string[] {
  const { bold, signs } = palette;
  const largest = Math.max(0, ...layers.map(({ size = 0 }) => size));
  const room = Math.min(LONGEST_BAR, Math.max(SHORTEST_BAR, Math.floor(columns / 6)));
  const rows = layers.map(({ size, sharedWith, madeBy = '' }, index) => [
    String(index + 1),
    size === undefined ? '?' : formatBytes(size),
    palette[sharedWith.length === 0 ? 'green' : 'cyan'](bar(size ?? 0, { largest, room, signs })),
    names(sharedWith),
    madeBy,
  ]);
  const withSharers = rows.some(([, , , sharers]) => sharers !== '');
  const heading = ['', 'SIZE', '', 'SHARED WITH', 'MADE BY'];
  const table = [heading, ...rows].map((row) => (withSharers ? row : row.toSpliced(3, 1)));
  const [head = '', ...lines] = renderTable(table, [0, 1], { columns, ellipsis: signs.ellipsis });
  const sentences = [summary(reference, layers), ...remarks];
  const [first = [], ...others] = sentences.map((sentence) => wrapped(sentence, columns));
  return [...first, '', bold(head), ...lines, ...(others.length > 0 ? ['', ...others.flat()] : [])];
}

function summary(reference: string, layers: readonly Layer[]): string {
  const own = layers.filter(({ sharedWith }) => sharedWith.length === 0);
  const count = layers.length === 1 ? '1 layer' : `${layers.length} layers`;
  const total = `${reference}: ${count}, about ${formatBytes(sizeOf(layers))}`;
  if (own.length === layers.length) return `${total}, none of it shared with other images of the project`;
  if (own.length === 0) return `${total}, all of it shared with other images of the project`;
  return `${total}, of which ${formatBytes(sizeOf(own))} are its own`;
}

function names(sharers: readonly string[]): string {
  const told = sharers.slice(0, sharers.length > NAMES_TOLD + 1 ? NAMES_TOLD : sharers.length);
  const more = sharers.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}

/** As long as its part of the largest; what is not nothing is seen. */
function bar(
  size: number,
  { largest, room, signs }: { largest: number; room: number; signs: Signs },
): string {
  if (size === 0) return '';
  return signs.full.repeat(Math.round((size / largest) * room)) || signs.sliver;
}
