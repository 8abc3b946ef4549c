import type { BedNode } from '../../bed/index.js';
import { type SshHome, sshHome } from '../engine/ssh-home.js';

/** Homes of somebody who logs in on nodes, removed when the tests of the group have run. */
export function nodeEnv() {
  const homes = new Map<BedNode, SshHome>();
  after(() => Promise.all([...homes.values()].map((home) => home.remove())));
  return {
    /** The environment in which a node is reached. */
    async of(node: BedNode): Promise<NodeJS.ProcessEnv> {
      const home = homes.get(node) ?? (await sshHome(node));
      homes.set(node, home);
      return home.env;
    },
  };
}
