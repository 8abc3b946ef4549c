import esbuild from 'esbuild';
import { real } from './paths.mjs';

export default {
  ...esbuild,
  buildSync: (options) => esbuild.buildSync({ ...options, entryPoints: options.entryPoints.map(real) }),
};
