import type { Flag } from '../flags.js';

/** `--swarm`, of every task that does its work in a swarm. */
export const SWARM: Flag = {
  type: 'string',
  value: 'HOST',
  alike: ['manager'],
  description: "a manager of the swarm, instead of the section's swarm",
};
