#!/usr/bin/env node
import { dockerTasks } from '../tasks/index.js';
import { runCommand } from './command.js';

void runCommand({
  usage: `Usage: build-image [options] <image|all|clean>

Builds the image of docker/<image>, or all of them in order; "clean" removes what was built.

  -f, --force-base       build the base image first
  -p, --pull             pull what the image is built from
  -i, --image-name NAME  name of the image, taken as it is
  -t, --tag TAG          tag of the image, instead of the user's name
      --no-cache         build every step again
      --dry-run          print the docker commands and do nothing`,
  options: {
    'force-base': { type: 'boolean', short: 'f' },
    pull: { type: 'boolean', short: 'p' },
    'image-name': { type: 'string', short: 'i' },
    tag: { type: 'string', short: 't' },
    'no-cache': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  task(values, [name, ...rest]) {
    if (name === undefined || rest.length) return undefined;
    const { build, clean } = dockerTasks({ argv: [] });
    const dryRun = values['dry-run'];
    if (name === 'clean') return clean({ dryRun });
    const options = {
      base: values['force-base'],
      pull: values.pull,
      noCache: values['no-cache'],
      tag: values.tag,
      imageName: values['image-name'],
      dryRun,
    };
    return name === 'all' ? build(options) : build(name, options);
  },
});
