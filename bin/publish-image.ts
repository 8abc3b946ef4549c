#!/usr/bin/env node
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  usage: `Usage: publish-image [options] <image>

Uploads an image to a registry, with the credentials of this host's docker configuration.

  -i, --image-name NAME  name of the local image, taken as it is
      --to REFERENCE     where to publish, instead of what run.cfg and the environment say
  -t, --tag TAG          tag to publish as, repeatable
      --dry-run          print the docker commands and do nothing`,
  options: {
    'image-name': { type: 'string', short: 'i' },
    to: { type: 'string' },
    tag: { type: 'string', short: 't', multiple: true },
    'dry-run': { type: 'boolean' },
  },
  task(values, [name, ...rest]) {
    if (name === undefined || rest.length) return undefined;
    return dockerTasks({ argv: [] }).publish(name, {
      imageName: values['image-name'],
      to: values.to,
      tag: values.tag,
      dryRun: values['dry-run'],
    });
  },
});
