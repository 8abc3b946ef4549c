import { commandLine, shellQuote } from '../../text/command-line.js';
import { textOf } from '../../text/lined-text.js';
import { DOCKED } from '../keys/keys.js';
import type { ConfigEntry, ConfigSection } from './config-parser.js';
import type { RunConfig } from './run-config.js';
import type { Remark } from './sections.js';

const DOCKER_FLAGS = ['environment', 'volumes', 'ports', 'gpu', 'args', 'build_args'];
const COMMANDS = ['cmd', 'pre_build_script', 'post_build_script'];

/** A shell that the rest of the command is for: `sh -c "…"`, `/bin/bash -c …`. */
const SHELL = /(?:^|[\s/])(?:ba|da|a|k|z)?sh\s/;
const OPERATOR = /(?:^|\s)(&&|\|\||[|&<]|\d?>{1,2}(?:&\d)?)(?=\s|$)/;
const END_OF_COMMAND = /;(?=\s|$)/;
const BUILT_IN = /^(?:cd|export|source|alias|umask|ulimit)(?=\s)/;
const VARIABLE = /\$(?:\w+|\{\w+\})/;

/**
 * Values of images' sections that surely mean something else than they say: words of commands that only a shell
 * understands, which go to a program as they are here, of flags too, and `interactive=-e`, which the original's manual has for `-i`.
 */
export function doubtfulValues(config: RunConfig, images: readonly string[]): Remark[] {
  return [...config.sections.values(), config.defaults]
    .filter(({ name }) => images.includes(name) || name === config.defaults.name)
    .flatMap((section) => [
      ...entriesOf(section, ['interactive']).flatMap((entry) => onInteractive(section, entry)),
      ...entriesOf(section, COMMANDS).flatMap((entry) => onCommand(section, entry)),
      ...entriesOf(section, DOCKER_FLAGS).flatMap((entry) => onFlags(section, entry)),
    ]);
}

function entriesOf({ entries }: ConfigSection, keys: readonly string[]): ConfigEntry[] {
  return keys.flatMap((key) => [entries.get(key) ?? [], entries.get(key + DOCKED) ?? []].flat());
}

function onInteractive({ name }: ConfigSection, { spelling, value, line }: ConfigEntry): Remark[] {
  if (!textOf(value).split(/\s+/).includes('-e')) return [];
  return [{ line, message: `${spelling}= of [${name}] says -e, which is taken for -i` }];
}

function onCommand({ name }: ConfigSection, { spelling, key, value, line }: ConfigEntry): Remark[] {
  const need = needOfShell(textOf(value), key.startsWith('cmd'));
  return need === undefined ? [] : [{ line, message: `${spelling}= of [${name}] ${need}` }];
}

/** The original pasted flags into a shell, which put in the home folder and what commands print. */
function onFlags({ name }: ConfigSection, { spelling, value, line }: ConfigEntry): Remark[] {
  const text = textOf(value).replace(/'[^']*'|\\[^]/g, "''");
  const word = /\$\(|`/.exec(text)?.[0];
  const home = /(?:^|[\s=])(~\/)/.exec(text.replace(/"[^"]*"/g, '""'))?.[1];
  const said = [
    word && `has ${word}, which means nothing without a shell: {project_root} and $NAME are put in`,
    home && 'has ~/, which means nothing without a shell: write {home}/',
  ];
  return said.flatMap((what) => (what ? [{ line, message: `${spelling}= of [${name}] ${what}` }] : []));
}

/**
 * What a command has that means nothing to the program that it is given to, and what to write so that it goes to a
 * shell; undefined where it has nothing of that kind.
 *
 * @param isUnreplaced whether `$NAME` reaches the program as it is
 */
export function needOfShell(command: string, isUnreplaced: boolean): string | undefined {
  const text = command.trim();
  const word = shellWord(text, isUnreplaced);
  if (word === undefined) return undefined;
  const better = commandLine(['sh', '-c', text.replace(/\\?\n\s*/g, ' ')], shellQuote);
  return `has ${word}, which means nothing without a shell: write ${better}`;
}

/** What only a shell understands in a command that is given to none. */
function shellWord(text: string, isUnreplaced: boolean): string | undefined {
  // A JSON array is as its program gets it.
  if (text.startsWith('[') || SHELL.test(text)) return undefined;
  const unquoted = text.replace(/'[^']*'|"(?:[^"\\]|\\[^])*"|\\[^]/g, '""');
  const operator = OPERATOR.exec(unquoted)?.[1] ?? END_OF_COMMAND.exec(unquoted)?.[0];
  const builtIn = BUILT_IN.exec(unquoted)?.[0];
  // Everywhere but in cmd they are replaced. Between single quotes a shell leaves them, too.
  const variable = isUnreplaced ? VARIABLE.exec(text.replace(/'[^']*'|\\[^]/g, ''))?.[0] : undefined;
  return operator ?? builtIn ?? variable;
}
