#!/usr/bin/env node
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  usage: `Usage: genversion [options]

Writes _version.py.bld, the project's version as git has it, into the project root.

      --dry-run          print the version and write nothing`,
  options: { 'dry-run': { type: 'boolean' } },
  task(values, words) {
    if (words.length) return undefined;
    return dockerTasks({ argv: [] }).genversion({ dryRun: values['dry-run'] });
  },
});
