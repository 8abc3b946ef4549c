#!/usr/bin/env node
import { BUILD_FLAGS } from '../tasks/build-options.js';
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  name: 'build-image',
  operands: '<image|all|clean>',
  description: `Builds the image of docker/<image>, or all of them in order; "clean" removes what was built.`,
  flags: BUILD_FLAGS,
  task({ options, words: [name, ...rest] }) {
    if (name === undefined || rest.length > 0) return undefined;
    const { build, clean } = dockerTasks({ argv: [] });
    if (name === 'clean') return clean(options);
    return name === 'all' ? build(options) : build(name, options);
  },
});
