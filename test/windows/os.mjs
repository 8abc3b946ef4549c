import os from 'node:os';
import { shown } from './paths.mjs';

export default {
  ...os,
  tmpdir: () => shown(os.tmpdir()),
  homedir: () => process.env.USERPROFILE,
  platform: () => 'win32',
  type: () => 'Windows_NT',
  EOL: '\r\n',
};
