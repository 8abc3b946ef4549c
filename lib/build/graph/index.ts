export { type GraphImage, graphImage, standIn } from './graph-image.js';
export { type Dependency, type ImageGraph, dependenciesOf, planGraph } from './plan-graph.js';
export { type OrderOptions, buildInOrder } from './build-in-order.js';
export { imageArg } from './image-args.js';
export { renderMermaid } from './render-mermaid.js';
export { type Mark, renderSvg } from './render-svg.js';
export { type Notes, renderTree } from './render-tree.js';
