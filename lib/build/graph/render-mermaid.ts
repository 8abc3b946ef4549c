import type { ImageGraph } from './plan-graph.js';
import type { Notes } from './render-tree.js';

/** The graph as a Mermaid flowchart; arrows go from an image to what is built from it. */
export function renderMermaid(graph: ImageGraph, notes: Notes = new Map()): string {
  const ids = new Map(graph.order.map((image, index) => [image, `image${index}`]));
  const nodes = graph.order.map((image) => {
    const label = [image, ...(notes.get(image) ?? [])].map(escaped).join('<br/>');
    return `  ${ids.get(image)}["${label}"]`;
  });
  const arrows = graph.order.flatMap((image) =>
    (graph.needs.get(image) ?? []).map((need) => `  ${ids.get(need.image)} --> ${ids.get(image)}`),
  );
  return ['flowchart TD', ...nodes, ...arrows].map((line) => line + '\n').join('');
}

function escaped(text: string): string {
  return text.replace(/[#"<>&]/g, (char) => `#${char.charCodeAt(0)};`);
}
