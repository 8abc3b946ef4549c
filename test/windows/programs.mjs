import child from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { real, realWord } from './paths.mjs';

/** What a program of this machine finds in its environment; what Node runs changes its own again. */
function environment(program, env = process.env) {
  if (program === process.execPath && env.NODE_OPTIONS?.includes('/windows/register.mjs')) return env;
  const entries = Object.entries(env).map(([name, value]) =>
    name === 'PATH' ? [name, value?.split(';').map(real).join(':')] : [name, realWord(value)],
  );
  return Object.fromEntries(entries);
}

/** Arguments of a function that starts programs, with the paths of this machine. */
export function ofThisMachine([command, ...others]) {
  const isOptions = (one) => typeof one === 'object' && one !== null && !Array.isArray(one);
  const options = others.find(isOptions) ?? {};
  const { cwd, env } = options;
  const started = { ...options, env: environment(real(command), env), ...(cwd && { cwd: real(cwd) }) };
  const words = others.find(Array.isArray);
  const callback = others.find((one) => typeof one === 'function');
  const given = [programOf(command, started.cwd), words?.map(realWord), started, callback];
  return given.filter((one) => one !== undefined);
}

/** A name alone is looked for in the working directory first. */
function programOf(command, cwd = process.cwd()) {
  // Batch files are for a shell (https://nodejs.org/en/blog/vulnerability/april-2024-security-releases-2).
  if (/\.(?:cmd|bat)$/i.test(command))
    throw Object.assign(new Error('spawn EINVAL'), { code: 'EINVAL', syscall: 'spawn' });
  const here = join(cwd, `${command}.exe`);
  return /^[^\\/:]+$/.test(command) && existsSync(here) ? here : real(command);
}

const own = { ...child };
for (const name of ['spawn', 'spawnSync', 'execFile', 'execFileSync', 'fork'])
  own[name] = wrapped(child[name], ofThisMachine);
// Their first word is a line for a shell.
for (const name of ['exec', 'execSync'])
  own[name] = wrapped(child[name], ([line, ...others]) => [line, ...ofThisMachine(['', ...others]).slice(1)]);
export default own;

function wrapped(start, args) {
  const started = (...given) => start(...args(given));
  // That is how `promisify` finds what gives both outputs.
  for (const symbol of Object.getOwnPropertySymbols(start))
    started[symbol] = (...given) => start[symbol](...args(given));
  return started;
}
