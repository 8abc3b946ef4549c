#!/usr/bin/env node
import { GENVERSION_FLAGS } from '../tasks/genversion.js';
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  name: 'genversion',
  operands: '',
  description: "Writes _version.py.bld, the project's version as git has it, into the project root.",
  flags: GENVERSION_FLAGS,
  task: ({ options, words }) =>
    words.length > 0 ? undefined : dockerTasks({ argv: [] }).genversion(options),
});
