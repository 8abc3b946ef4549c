import { posix, win32 } from 'node:path';
import { absolute } from './paths.mjs';

const own = {
  ...win32,
  posix,
  resolve: absolute,
  relative: (from, to) => win32.relative(absolute(from), absolute(to)),
};
own.win32 = own;
export default own;
