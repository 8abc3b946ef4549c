import url from 'node:url';
import { real, shown } from './paths.mjs';

export default {
  ...url,
  fileURLToPath: (of) => shown(url.fileURLToPath(of)),
  pathToFileURL: (path) => url.pathToFileURL(real(path)),
};
