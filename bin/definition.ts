import type { AnyFlagTable } from '../tasks/flags.js';

/** One of the commands. */
export interface Command {
  name: string;
  /** What stands behind the flags: `<image>`. */
  operands: string;
  /** What it does, in lines of the width of a terminal. */
  description: string;
  flags: AnyFlagTable;
  /** Makes the task of a command line; undefined when its words are too many, or too few. */
  task: (given: CommandLine) => (() => Promise<void>) | undefined;
}

/** A command line, by the flags of a task. */
export interface CommandLine {
  /** By the names that the task has for them. */
  options: Record<string, unknown>;
  /** What is no flag. */
  words: readonly string[];
  asks?: 'help' | 'version';
}
