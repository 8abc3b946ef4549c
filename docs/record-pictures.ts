/**
 * Records the pictures that README.md shows, on an engine and a host of the test bed: a session in a terminal, and the graph
 * of an example.
 *
 *     npm run build && npx tsx docs/record-pictures.ts
 */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { bed, type Pty } from '../test/bed/index.js';
import { until } from '../test/until.js';
import { film } from './recording/film.js';
import { onStage } from './recording/stage.js';
import { type Frame, terminalSvg } from './recording/terminal-svg.js';

const SIZE = { columns: 96, rows: 27 };
const MOST_BYTES = 200_000;
/** Letters that are typed at once. */
const LETTERS = 8;
/** Milliseconds: what a command's typing and its work take at most, and for how long the end of one, and of all, stands. */
const TYPING = 2000;
const RUNNING = 4500;
const READING = 1800;
const REST = 6000;

const COMMANDS = [
  'npx gulp build',
  'npx gulp run:app',
  'npx gulp transfer:app --host server',
  "sed -i 's/Hello/Good morning/' src/greeter/__init__.py",
  'npx gulp build:app transfer:app --host server --series',
  'npx gulp layers:app --host server',
];

async function main(): Promise<void> {
  await onStage(async ({ folder, env: ofStage, shown }) => {
    const env = { ...ofStage, PS1: '$ ', ENV: '', npm_config_update_notifier: 'false' };
    await write('session.svg', await session(folder, env, shown));
    await inTerminal(['npx', 'gulp', 'build', 'graph', '--svg', 'graph.svg', '--series'], folder, env);
    await write('graph.svg', await readFile(join(folder, 'graph.svg'), 'utf8'));
    await inTerminal(['npx', 'gulp', 'clean'], folder, env);
  });
}

async function session(
  folder: string,
  env: NodeJS.ProcessEnv,
  shown: (text: string) => string,
): Promise<string> {
  const terminal = await bed.pty(['bash', '--noprofile', '--norc', '-i'], { ...SIZE, cwd: folder, env });
  try {
    await prompted(terminal);
    const camera = () => film(async () => shown(await terminal.picture()));
    const frames: Frame[] = [];
    for (const command of COMMANDS) {
      const typing = camera();
      for (let at = 0; at < command.length; at += LETTERS) {
        await terminal.type(command.slice(at, at + LETTERS));
        await sleep(LETTERS * 50);
      }
      frames.push(...(await typing.end(TYPING, 300)));
      const running = camera();
      await terminal.keys('Enter');
      await sleep(300);
      await prompted(terminal);
      frames.push(...(await running.end(RUNNING, command === COMMANDS.at(-1) ? REST : READING)));
    }
    return terminalSvg(frames, SIZE, 'A session: build, run, transfer, edit, build and transfer again');
  } finally {
    await terminal.close();
  }
}

/** Waits until the shell waits for a command. */
async function prompted(terminal: Pty): Promise<void> {
  await until('a prompt', async () => {
    const lines = (await terminal.screen()).trimEnd().split('\n');
    return /^\$ ?$/.test(lines.at(-1) ?? '');
  });
}

async function inTerminal(argv: readonly string[], cwd: string, env: NodeJS.ProcessEnv): Promise<void> {
  const terminal = await bed.pty(argv, { ...SIZE, cwd, env });
  try {
    const { status } = await terminal.exit();
    if (status !== 0)
      throw new Error(`${argv.join(' ')} ended with ${status}:\n${await terminal.everything()}`);
  } finally {
    await terminal.close();
  }
}

async function write(name: string, picture: string): Promise<void> {
  const bytes = Buffer.byteLength(picture);
  if (bytes > MOST_BYTES) throw new Error(`${name} has ${bytes} bytes: make the session shorter.`);
  await writeFile(fileURLToPath(new URL(name, import.meta.url)), picture);
  console.log(`docs/${name}: ${bytes} bytes`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
