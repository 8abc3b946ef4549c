#!/usr/bin/env node
import { publishAny } from '../tasks/any-image.js';
import { PUBLISH_FLAGS } from '../tasks/publish.js';
import { runCommand } from './command.js';

void runCommand({
  name: 'publish-image',
  operands: '<image>',
  description: `Uploads an image to a registry, with the credentials of this host's docker configuration: one of docker/, or
any other by its name in docker (name, name:tag).`,
  flags: PUBLISH_FLAGS,
  task({ options, words: [name, ...rest] }) {
    const { imageName, ...others } = options;
    if (rest.length > 0) return undefined;
    if (name !== undefined) return publishAny(name, options);
    return typeof imageName === 'string' ? publishAny(imageName, others) : undefined;
  },
});
