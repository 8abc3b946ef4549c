import { readFileSync } from 'node:fs';
import { win32 } from 'node:path';
import spawn from 'cross-spawn';
import fs from './files.mjs';
import { real } from './paths.mjs';
import { ofThisMachine } from './programs.mjs';

/**
 * Starts what it finds as it does on Windows: of the files that PATH and PATHEXT lead to the first. Of batch files it knows
 * those that npm and test/platform.ts write, whose line starts a program beside them.
 */
export default (command, words = [], options = {}) => {
  const file = found(command, options) ?? command;
  if (!/\.(?:cmd|bat)$/i.test(file)) return spawn(...ofThisMachine([file, words, options]));
  const [, program, script] = /^@"(.+?)" "%~dp0(.+?)" %\*/m.exec(readFileSync(real(file), 'utf8'));
  return spawn(...ofThisMachine([program, [win32.join(win32.dirname(file), script), ...words], options]));
};

function found(command, { env = process.env, cwd = process.cwd() }) {
  const folders = /[\\/]/.test(command) ? [cwd] : [cwd, ...(env.PATH ?? '').split(';')];
  const extensions = (env.PATHEXT ?? '.EXE;.CMD;.BAT;.COM').toLowerCase().split(';');
  return folders
    .flatMap((folder) =>
      [...(command.includes('.') ? [''] : []), ...extensions].map(
        (extension) => win32.resolve(folder, command) + extension,
      ),
    )
    .find((path) => fs.statSync(path, { throwIfNoEntry: false })?.isFile());
}
