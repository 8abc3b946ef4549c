import { filled } from './filled.js';
import type { ServiceFlags } from './service-flags.js';
import type { Placement } from './service-spec.js';

/** Which nodes may have tasks, which are to have them rather, and how many of them one node. */
export function readPlacement(flags: ServiceFlags): Placement {
  return filled({
    Constraints: flags.values('constraint'),
    Preferences: flags.values('placement-pref'),
    MaxReplicas: flags.last('replicas-max-per-node') ?? 0,
  });
}
