import { readPublish } from '../../../flags/container/ports.js';
import { noEquivalent, reading, type Rule } from './rule.js';

const EVERY_ADDRESS = /^(0\.0\.0\.0|::|)$/;

/** Ports of each node that has a task, as those of a run are its machine's: a service's own would be the whole swarm's. */
export const readPublishedPorts: Rule = reading(readPublish, (ports, given) =>
  ports.map(({ port, binding: { HostIp, HostPort } }) => {
    if (!EVERY_ADDRESS.test(HostIp)) throw noEquivalent(given, `the address of --publish=${given.text}`);
    if (HostPort.includes('-')) throw noEquivalent(given, `the choice of --publish=${given.text}`);
    const [target = '', protocol = ''] = port.split('/');
    if (target === '0') throw noEquivalent(given, `the port 0 of --publish=${given.text}`);
    const published = HostPort === '' ? [] : [`published=${HostPort}`];
    return `--publish=${[...published, `target=${target}`, `protocol=${protocol}`, 'mode=host'].join(',')}`;
  }),
);
