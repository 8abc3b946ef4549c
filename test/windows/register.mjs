/**
 * An imitation of Windows for the project's own files, on a machine that has none: `npm run test:windows` starts mocha, and
 * each test the programs of the project, with `--import` of this file.
 *
 * What the modules of lib, tasks, bin and test import as `path`, `fs`, `os`, `url`, `net`, `child_process` and `process`
 * behaves as it does there. Packages and Node itself see this machine.
 *
 * | imitated | |
 * |---|---|
 * | paths | `C:\tmp\a` is /tmp/a; `path` is `path.win32`, relative ones lead into the working directory |
 * | files | modes are 0666, or 0444 where the owner may not write; names in errors, of links and of listings have backslashes |
 * | process | `platform`, `cwd()`, `chdir()`, `execPath`, the script's name; no `getuid` and its like |
 * | environment | `USERPROFILE`, and `PATH` with `;` |
 * | sockets | `\\.\pipe\…` are pipes; those in folders are refused (EACCES) |
 * | programs | are started with the paths of this machine, one of the working directory before those of PATH; what Node runs is imitated in its turn |
| batch files | cross-spawn alone starts them, those that npm and test/platform.ts write; PATHEXT counts for it |
 *
 * **Not imitated**: names of variables and files without regard to case, files that are open and so cannot be removed, links
 * that only an administrator may make, other batch files, the console, signals, pipes that close both directions, what
 * git, ssh and docker do there. For those the workflow runs the same tests on a real one.
 */
import { register } from 'node:module';
import { shown } from './paths.mjs';
import './sockets.mjs';

const { env } = process;
if (!env.PATH?.includes(';')) env.PATH = (env.PATH ?? '').split(':').map(shown).join(';');
env.USERPROFILE ??= shown(env.HOME ?? '/root');
const words = `--import=${import.meta.url}`;
if (!env.NODE_OPTIONS?.includes(words)) env.NODE_OPTIONS = `${env.NODE_OPTIONS ?? ''} ${words}`.trim();

register('./hooks.mjs', import.meta.url);
// What is loaded by `require`, as mocha prefers to, comes by no hook.
Object.defineProperty(process.features, 'require_module', { value: false });
