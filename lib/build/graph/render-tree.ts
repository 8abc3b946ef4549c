import type { ImageGraph } from './plan-graph.js';

/** What is said behind an image's name, such as its size, its age, whether it is built. */
export type Notes = ReadonlyMap<string, readonly string[]>;

/**
 * The graph as a tree of text: what needs nothing stands at the margin, below each image what is built from it. An
 * image that is built from several stands below each of them, with what is built from it only the first time.
 */
export function renderTree(graph: ImageGraph, notes: Notes = new Map()): string {
  const shown = new Set<string>();
  const lines: string[] = [];
  const show = (image: string, lead: string, indent: string) => {
    const children = derivedFrom(graph, image);
    const again = shown.has(image) && children.length > 0;
    shown.add(image);
    const words = [image, ...(notes.get(image) ?? []), ...(again ? ['(see above)'] : [])];
    lines.push(lead + words.join('  '));
    if (again) return;
    children.forEach((child, index) => {
      const last = index === children.length - 1;
      show(child, indent + (last ? '└── ' : '├── '), indent + (last ? '    ' : '│   '));
    });
  };
  for (const image of graph.levels[0] ?? []) show(image, '', '');
  return lines.map((line) => line + '\n').join('');
}

/** The images that are built from `image` itself, in building order. */
export function derivedFrom(graph: ImageGraph, image: string): string[] {
  return graph.order.filter((other) => graph.needs.get(other)?.some((need) => need.image === image));
}
