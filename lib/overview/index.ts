export {
  type Answer,
  type AskedImage,
  type ImageAtPlace,
  type ImageState,
  type ImageTable,
  placesOf,
  renderImageTable,
} from './image-table.js';
export { layerOrigins } from '../engine/images/layer-sizes.js';
export { describeLayers, type Layer, sharedCount, sizeOf } from './layers.js';
export { renderLayers } from './render-layers.js';
export { askForImages, type StoredImage } from './stored-image.js';
export {
  askDiskUsage,
  diskFindings,
  type DiskUsage,
  engineFindings,
  hostFindings,
} from './engine-findings.js';
export { about, type Chapter, doubtful, type Finding, renderFindings, right, wrong } from './findings.js';
