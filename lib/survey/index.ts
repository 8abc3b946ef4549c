export { formatAge } from './age.js';
export { type Answer, type AskedImage, type ImageTable, renderImageTable } from './image-table.js';
export { askForImages, isSameImage, type StoredImage } from './stored-image.js';
export { renderTable, type TableSurface } from './table.js';
