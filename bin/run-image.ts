#!/usr/bin/env node
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  usage: `Usage: run-image [options] <image>

Runs an image of docker/, or a synthetic one, as its section of run.cfg says.

  -k, --keep           keep the container, and run it in the background
  -c, --command CMD    command to run in the container
  -n, --network NET    network of the container
  -g, --gpu            run with access to the GPUs
  -e, --env NAME=VALUE environment variable, repeatable
  -a, --args ARGS      further docker run flags, instead of the section's args
      --dry-run        print the docker command and do nothing`,
  options: {
    keep: { type: 'boolean', short: 'k' },
    command: { type: 'string', short: 'c' },
    network: { type: 'string', short: 'n' },
    gpu: { type: 'boolean', short: 'g' },
    env: { type: 'string', short: 'e', multiple: true },
    args: { type: 'string', short: 'a' },
    'dry-run': { type: 'boolean' },
  },
  task({ 'dry-run': dryRun, ...values }, [name, ...rest]) {
    if (name === undefined || rest.length) return undefined;
    return dockerTasks({ argv: [] }).run(name, { ...values, dryRun });
  },
});
