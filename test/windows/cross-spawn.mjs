import spawn from 'cross-spawn';
import { ofThisMachine } from './programs.mjs';

export default (...given) => spawn(...ofThisMachine(given));
