export { emitFiles } from './emit.js';
export { UnpackedArchive } from './folder-source.js';
export { withImageFiles } from './image-source.js';
