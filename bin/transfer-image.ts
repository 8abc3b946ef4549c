#!/usr/bin/env node
import { transferAny } from '../tasks/any-image.js';
import { TRANSFER_FLAGS } from '../tasks/transfer.js';
import { runCommand } from './command.js';

void runCommand({
  name: 'transfer-image',
  operands: '<image> <host>...',
  description: `Sends an image of docker/, or any other by its name in docker (name, name:tag), to the Docker engines of other
hosts: only the layers that they lack, over ssh. A host is [user@]host[:port], an ssh:// or tcp:// address, or the name
of a docker context; without one, those of the image's section count.`,
  flags: TRANSFER_FLAGS,
  task({ options, words: [name, ...hosts] }) {
    if (name === undefined) return undefined;
    const { host = [] } = options;
    const all = [...(Array.isArray(host) ? host.map(String) : []), ...hosts];
    return transferAny(name, { ...options, ...(all.length > 0 && { host: all }) });
  },
});
