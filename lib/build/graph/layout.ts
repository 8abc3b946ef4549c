import type { ImageGraph } from './plan-graph.js';

export interface Box {
  image: string;
  /** The middle of its upper edge, in pixels. */
  x: number;
  y: number;
  width: number;
}

export interface Arrow {
  /** The image that it starts from, and the one that is built from that. */
  from: string;
  to: string;
  /** Where it passes, in pixels, from the middle of the lower edge of one box to that of the upper edge of the other. */
  points: readonly [Point, ...Point[]];
}

interface Point {
  x: number;
  y: number;
}

export interface Layout {
  boxes: readonly Box[];
  arrows: readonly Arrow[];
  width: number;
  height: number;
}

export interface Measures {
  /** Width of an image's box, in pixels. */
  widthOf: (image: string) => number;
  boxHeight: number;
  /** Between boxes of a row, between rows, and around the whole. */
  gap: number;
  rowGap: number;
  margin: number;
}

/** A place in a row: an image, or a point where an arrow passes a row on its way to a later one. */
interface Place {
  image?: string;
  width: number;
  above: Place[];
  x: number;
  y: number;
}

/**
 * Lays the graph out in rows, one a level. Places of a row are sorted by the middle of what they are built from, so
 * that arrows cross little, and an arrow that passes a row has a place of its own there, so that it runs through no box.
 */
export function layOut(graph: ImageGraph, measures: Measures): Layout {
  const { rows, arrows } = placesOf(graph, measures.widthOf);
  const rowWidth = (row: readonly Place[]) =>
    row.reduce((sum, { width }) => sum + width + measures.gap, -measures.gap);
  const inner = Math.max(0, ...rows.map(rowWidth));
  rows.forEach((row, index) => {
    if (index > 0) row.sort((a, b) => middleAbove(a) - middleAbove(b));
    let x = measures.margin + (inner - rowWidth(row)) / 2;
    for (const place of row) {
      place.x = x + place.width / 2;
      place.y = measures.margin + index * (measures.boxHeight + measures.rowGap);
      x += place.width + measures.gap;
    }
  });
  const upper = ({ x, y }: Place): Point => ({ x, y });
  const lower = ({ x, y }: Place): Point => ({ x, y: y + measures.boxHeight });
  const boxes = rows
    .flat()
    .flatMap(({ image, x, y, width }) => (image === undefined ? [] : [{ image, x, y, width }]));
  return {
    boxes,
    arrows: arrows.map(({ from, passing, to }) => ({
      from: from.image,
      to: to.image,
      points: [lower(from), ...passing.flatMap((place) => [upper(place), lower(place)]), upper(to)],
    })),
    width: inner + 2 * measures.margin,
    height: rows.length * (measures.boxHeight + measures.rowGap) - measures.rowGap + 2 * measures.margin,
  };
}

interface ImagePlace extends Place {
  image: string;
  row: number;
}

interface Way {
  from: ImagePlace;
  /** Places in the rows between the two. */
  passing: readonly Place[];
  to: ImagePlace;
}

function placesOf(graph: ImageGraph, widthOf: Measures['widthOf']): { rows: Place[][]; arrows: Way[] } {
  const places = new Map<string, ImagePlace>();
  const placeOf = (image: string) => {
    const place = places.get(image);
    if (!place) throw new TypeError(`${image} is on no level of the graph`);
    return place;
  };
  const rows: Place[][] = graph.levels.map((level, row) =>
    level.map((image) => {
      const place = { image, width: widthOf(image), above: [], x: 0, y: 0, row };
      places.set(image, place);
      return place;
    }),
  );
  const arrows = graph.order.flatMap((image) =>
    (graph.needs.get(image) ?? []).map((need) => {
      const [from, to] = [placeOf(need.image), placeOf(image)];
      const passing: Place[] = [];
      let last: Place = from;
      for (let row = from.row + 1; row < to.row; row++) {
        last = { width: 0, above: [last], x: 0, y: 0 };
        rows[row]?.push(last);
        passing.push(last);
      }
      to.above.push(last);
      return { from, passing, to };
    }),
  );
  return { rows, arrows };
}

function middleAbove({ above }: Place): number {
  return above.reduce((sum, { x }) => sum + x, 0) / above.length;
}
