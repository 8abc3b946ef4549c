import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { command } from './command.js';
import { folders } from './folders.js';
import { ensureMachinePackages } from './packages.js';

export interface PtyOptions {
  columns?: number;
  rows?: number;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** A program in a real terminal (tmux), and somebody who types and looks. */
export interface Pty {
  /** Presses keys by tmux's names: `C-c`, `Enter`, `Up`, `C-p`. */
  keys(...names: string[]): Promise<void>;
  /** Types text as it is. */
  type(text: string): Promise<void>;
  resize(columns: number, rows: number): Promise<void>;
  /** What the screen shows, a line each, without trailing blanks. */
  screen(): Promise<string>;
  /** The same with its colours, as escape sequences. */
  picture(): Promise<string>;
  /** The same as `screen()` with all that has scrolled away. */
  everything(): Promise<string>;
  /** Waits until the pattern is somewhere in `everything()`; throws with the screen's text when it does not come. */
  waitFor(pattern: RegExp, milliseconds?: number): Promise<string>;
  /** Waits for the program's end. */
  exit(milliseconds?: number): Promise<{
    /** As a shell has it: 128 + n for a program that signal n has ended. */
    status: number;
  }>;
  /** Ends the program, if it still runs, and its terminal. */
  close(): Promise<void>;
}

/** Milliseconds; a machine that starts engines at the same time can be slow. */
const PATIENCE = 300_000;

let opened = 0;

/** Runs a program in a terminal of 80 x 24, or of the size that is asked for. */
export async function pty(argv: readonly string[], options: PtyOptions = {}): Promise<Pty> {
  const { columns = 80, rows = 24, cwd = process.cwd(), env = process.env } = options;
  await ensureMachinePackages();
  await mkdir(terminalsFolder, { recursive: true });
  const socket = join(terminalsFolder, `${process.pid}-${++opened}`);
  await writeFile(`${socket}.conf`, settings);
  const tmux = (...args: string[]) => command(['tmux', '-S', socket, '-f', `${socket}.conf`, ...args]);
  // The server inherits the environment that the program shall have; TMUX in it would be taken for nesting.
  const { TMUX: _, ...inherited } = env;
  const size = ['-x', String(columns), '-y', String(rows)];
  const start = [
    '-S',
    socket,
    '-f',
    `${socket}.conf`,
    'new-session',
    '-d',
    ...size,
    '-c',
    cwd,
    'sh',
    '-c',
    keepingStatus,
    `${socket}.status`,
    ...argv,
  ];
  const [status] = (await once(spawn('tmux', start, { env: inherited, stdio: 'inherit' }), 'exit')) as [
    number,
  ];
  if (status !== 0) {
    await closeTerminal(socket);
    throw new Error(`tmux cannot run ${argv[0] ?? ''} in a terminal.`);
  }

  const everything = () => tmux('capture-pane', '-p', '-S', '-');
  return {
    keys: async (...names) => void (await tmux('send-keys', ...names)),
    type: async (text) => void (await tmux('send-keys', '-l', '--', text)),
    resize: async (width, height) =>
      void (await tmux('resize-window', '-x', String(width), '-y', String(height))),
    screen: () => tmux('capture-pane', '-p'),
    picture: () => tmux('capture-pane', '-p', '-e'),
    everything,
    async waitFor(pattern, milliseconds = PATIENCE) {
      const deadline = Date.now() + milliseconds;
      for (;;) {
        const text = await everything();
        if (pattern.test(text)) return text;
        if (Date.now() > deadline)
          throw new Error(`${String(pattern)} does not appear in:\n${text.trimEnd()}`);
        await sleep(50);
      }
    },
    async exit(milliseconds = PATIENCE) {
      const deadline = Date.now() + milliseconds;
      for (;;) {
        const said = await readFile(`${socket}.status`, 'utf8').catch(() => '');
        if (said.endsWith('\n')) return { status: Number(said) };
        if (Date.now() > deadline)
          throw new Error(`The program still runs:\n${(await everything()).trimEnd()}`);
        await sleep(50);
      }
    },
    close: () => closeTerminal(socket),
  };
}

/** Closes all terminals of this bed. */
export async function closeTerminals(): Promise<void> {
  const names = await readdir(terminalsFolder).catch(() => []);
  for (const name of names)
    if (!/\.(conf|status)$/.test(name)) await closeTerminal(join(terminalsFolder, name));
}

const terminalsFolder = join(folders.run, 'pty');

async function closeTerminal(socket: string): Promise<void> {
  await command(['tmux', '-S', socket, 'kill-server']).catch(() => undefined); // it may be gone already
  await rm(socket, { force: true });
  await rm(`${socket}.conf`, { force: true });
  await rm(`${socket}.status`, { force: true });
}

/**
 * tmux itself does not always learn a program's status. The signals of the keyboard are for the program, which gets
 * them too; the one for a terminal that is closed ends both.
 */
const keepingStatus = `trap : INT TERM QUIT; "$@"; echo $? > "$0"`;

const settings = `
set -g default-terminal screen-256color
set -g history-limit 50000
set -g remain-on-exit on
set -g remain-on-exit-format ''
set -g status off
set -s escape-time 0
`;
