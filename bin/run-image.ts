#!/usr/bin/env node
import { dockerTasks } from '../tasks/index.js';
import { RUN_FLAGS } from '../tasks/run.js';
import { runCommand } from './command.js';

void runCommand({
  name: 'run-image',
  operands: '<image>',
  description: 'Runs an image of docker/, or a synthetic one, as its section of run.cfg says.',
  flags: RUN_FLAGS,
  task({ options, words: [name, ...rest] }) {
    if (name === undefined || rest.length > 0) return undefined;
    return dockerTasks({ argv: [] }).run(name, options);
  },
});
