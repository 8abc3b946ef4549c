import { createRequire } from 'node:module';
import { requireNode } from '../lib/system/node-version.js';
import { printable } from '../lib/text/printable.js';
import { isRecord, isText } from '../lib/text/record.js';
import { UserError } from '../lib/text/user-error.js';
import { guardOutput } from '../tasks/output.js';
import { untilSettled } from '../tasks/until-settled.js';
import { parseCommandLine } from './command-line.js';
import type { Command } from './definition.js';
import { usageError, usageOf } from './usage.js';

/**
 * Runs one of the commands, or what the words make one of: its flags in, the same task as in gulp carried out, its exit status passed on. Every
 * failure that a user can cause is one sentence on standard error.
 */
export async function runCommand(
  command: Command | ((words: readonly string[]) => { command: Command; words: readonly string[] }),
): Promise<void> {
  try {
    requireNode();
    const given = process.argv.slice(2);
    const chosen = typeof command === 'function' ? command(given) : { command, words: given };
    await untilSettled(prepared(chosen.command, chosen.words)());
  } catch (error) {
    console.error(error);
    process.exitCode = error instanceof UserError ? error.exitStatus : 1;
  }
}

function prepared(command: Command, argv: readonly string[]): () => Promise<void> {
  const given = parseCommandLine(command, argv);
  if (given.asks === 'help') return print(usageOf(command, process.stdout.columns));
  if (given.asks === 'version') return print(version());
  const task = command.task(given);
  if (!task) {
    const found = given.words.map((word) => JSON.stringify(printable(word))).join(', ') || 'nothing';
    const takes = command.operands || 'no further words';
    throw usageError(command, `${command.name} takes ${takes}, and was given ${found}`);
  }
  return task;
}

function print(text: string): () => Promise<void> {
  return () => {
    guardOutput();
    process.stdout.write(`${text}\n`);
    return Promise.resolve();
  };
}

function version(): string {
  const read = createRequire(import.meta.url);
  const manifest: unknown = read('gulp-dockerutils/package.json');
  if (!isRecord(manifest) || !isText(manifest.version)) throw new TypeError('package.json has no version');
  return manifest.version;
}
