#!/usr/bin/env node
import { DEPLOY_FLAGS } from '../tasks/deploy.js';
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  name: 'deploy-image',
  operands: '<image>',
  description: `Deploys the image of docker/<image> to a swarm as its section of run.cfg says: its nodes get it from here, without a
registry, and the command ends when all of it runs, or has gone back to what was there before.`,
  flags: DEPLOY_FLAGS,
  task({ options, words: [name, ...rest] }) {
    if (name === undefined || rest.length > 0) return undefined;
    return dockerTasks({ argv: [] }).deploy(name, options);
  },
});
