#!/usr/bin/env node
import { dockerTasks } from '../tasks/index.js';
import { transferReference } from '../tasks/transfer.js';
import { runCommand } from './command.js';

void runCommand({
  usage: `Usage: transfer-image [options] <image> <host>...

Sends an image of docker/, or any other by its full reference (name:tag), to the Docker engines of other hosts: only the layers that
they lack, over ssh. A host is [user@]host[:port], an ssh:// or tcp:// address, or the name of a docker context.

      --from HOST        take the image from there instead of the local engine
      --platform OS/ARCH one platform of an image that has several
      --no-delta         send layers whole, also where the host has most of their files
      --accept-new       trust and remember a host whose key is not known yet
      --dry-run          show what would be sent and do nothing`,
  options: {
    from: { type: 'string' },
    platform: { type: 'string' },
    'no-delta': { type: 'boolean' },
    'accept-new': { type: 'boolean' },
    'dry-run': { type: 'boolean' },
  },
  task({ from, platform, ...values }, [name, ...host]) {
    if (name === undefined) return undefined;
    const options = {
      host: host.length ? host : undefined,
      from,
      platform,
      noDelta: values['no-delta'],
      acceptNew: values['accept-new'],
      dryRun: values['dry-run'],
    };
    // A name of the project has neither; any other image needs no project.
    if (/[:/]/.test(name)) return transferReference(name, options);
    return dockerTasks({ argv: [] }).transfer(name, options);
  },
});
