import module from 'node:module';
import { real } from './paths.mjs';

export default { ...module, Module: module, createRequire: (from) => module.createRequire(real(from)) };
