import files from './files.mjs';

export default files.promises;
