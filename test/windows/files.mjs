import fs from 'node:fs';
import promises from 'node:fs/promises';
import { real, shown } from './paths.mjs';

const WITH_TWO_PATHS = /^(rename|link|copyFile|cp|symlink)(Sync)?$/;
const GIVES_PATH = /^(realpath|mkdtemp|readlink)(Sync)?$/;
const GIVES_STATS = /^[lf]?stat(Sync)?$/;
const GIVES_ENTRIES = /^readdir(Sync)?$/;

const own = { ...wrapAll(fs), promises: wrapAll(promises) };
own.realpath.native = own.realpath;
own.realpathSync.native = own.realpathSync;
export default own;

function wrapAll(of) {
  const entries = Object.entries(of).map(([name, value]) => [
    name,
    typeof value === 'function' && /^[a-z]/.test(name) ? wrapped(name, value) : value,
  ]);
  return Object.fromEntries(entries);
}

function wrapped(name, call) {
  const paths = WITH_TWO_PATHS.test(name) ? 2 : 1;
  return function (...given) {
    const args = given.map((one, index) => (index < paths ? real(one) : one));
    // Nothing there says that a file is executable.
    if (/^access(Sync)?$/.test(name) && typeof args[1] === 'number') args[1] &= ~fs.constants.X_OK;
    const last = args.at(-1);
    if (name === 'watch' && typeof last === 'function')
      args[args.length - 1] = (event, file) => last(event, shown(file));
    else if (typeof last === 'function')
      args[args.length - 1] = (error, ...results) =>
        last(error && failed(error), ...results.map((one) => answer(name, one)));
    try {
      const result = call.apply(this, args);
      if (!(result instanceof Promise)) return answer(name, result);
      return result.then(
        (value) => answer(name, value),
        (error) => Promise.reject(failed(error)),
      );
    } catch (error) {
      throw failed(error);
    }
  };
}

function answer(name, result) {
  if (GIVES_PATH.test(name)) return shown(result);
  if (GIVES_STATS.test(name)) return withModes(result);
  if (GIVES_ENTRIES.test(name) && Array.isArray(result)) return result.map(entry);
  if (name === 'open' && typeof result?.stat === 'function') {
    const stat = result.stat.bind(result);
    result.stat = async (options) => withModes(await stat(options));
  }
  return result;
}

function withModes(stats) {
  if (typeof stats?.mode === 'number')
    stats.mode = (stats.mode & 0o170000) | (stats.mode & 0o200 ? 0o666 : 0o444);
  if (typeof stats?.mode === 'bigint')
    stats.mode = (stats.mode & 0o170000n) | (stats.mode & 0o200n ? 0o666n : 0o444n);
  return stats;
}

function entry(one) {
  if (typeof one === 'string') return shown(one);
  if (typeof one?.parentPath === 'string') {
    one.parentPath = shown(one.parentPath);
    one.path = one.parentPath;
  }
  return one;
}

function failed(error) {
  for (const name of ['path', 'dest']) {
    const { [name]: path } = error;
    if (typeof path !== 'string') continue;
    error[name] = shown(path);
    error.message = error.message.replace(`'${path}'`, `'${error[name]}'`);
  }
  return error;
}
