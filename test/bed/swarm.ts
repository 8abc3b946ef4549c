import type { DockerName } from './daemon.js';
import { type BedHost, host, type HostOptions, joinHosts } from './host.js';

/** Hosts that are nodes of one swarm and reach each other; the first is its manager. */
export interface BedSwarm {
  manager: BedHost;
  hosts: readonly BedHost[];
  /** Has a further host join. */
  join(node: BedHost): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Starts a swarm, for its caller alone: a host `node1`, `node2`, … of each engine.
 *
 * @param daemons further settings of each one's daemon.json
 */
export async function swarm(
  engines: readonly DockerName[],
  daemons: readonly HostOptions['daemon'][] = [],
): Promise<BedSwarm> {
  const started = await Promise.allSettled(
    engines.map((engine, index) => host({ engine, name: `node${index + 1}`, daemon: daemons[index] })),
  );
  const hosts = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const stop = async () => void (await Promise.all(hosts.map((one) => one.stop())));
  try {
    for (const one of started) if (one.status === 'rejected') throw one.reason;
    const [manager, ...workers] = hosts;
    if (!manager) throw new Error('a swarm has at least one node');
    await manager.run(['docker', 'swarm', 'init', '--advertise-addr', manager.address]);
    const token = (await manager.run(['docker', 'swarm', 'join-token', '-q', 'worker'])).trim();
    const join = async (node: BedHost) => {
      for (const other of hosts) if (other !== node) await joinHosts(node, other);
      if (!hosts.includes(node)) hosts.push(node);
      const addresses = ['--advertise-addr', node.address, `${manager.address}:2377`];
      await node.run(['docker', 'swarm', 'join', '--token', token, ...addresses]);
    };
    for (const [index, one] of workers.entries())
      for (const other of workers.slice(index + 1)) await joinHosts(one, other);
    for (const node of workers) {
      await joinHosts(node, manager);
      await node.run([
        ...['docker', 'swarm', 'join', '--token', token],
        ...['--advertise-addr', node.address, `${manager.address}:2377`],
      ]);
    }
    return { manager, hosts, join, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
