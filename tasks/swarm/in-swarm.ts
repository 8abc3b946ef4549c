import { ACCEPT_NEW, DIRECT, DRY_RUN, type FlagTable, NO_DELTA, TAG } from '../flags.js';
import { SWARM } from './swarm-flag.js';

/** The options of every task that brings an image to a swarm. */
export interface InSwarmOptions {
  /** A manager of the swarm, `ssh://user@host` or in the forms of transfer's `host`, instead of the section's `swarm`. */
  swarm?: string;
  /** The engine that has the image, instead of the one that the environment names. */
  from?: string;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Send layers whole, even where a node has an image with much of what is in them. */
  noDelta?: boolean;
  /** Send each node its own copy from here, none by way of another. */
  direct?: boolean;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Ask the swarm and its nodes, show the plan and the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const IN_SWARM: FlagTable<InSwarmOptions> = {
  swarm: SWARM,
  from: {
    type: 'string',
    value: 'HOST',
    description: 'the engine that has the image, instead of the local one',
  },
  tag: TAG,
  noDelta: NO_DELTA,
  direct: DIRECT,
  acceptNew: ACCEPT_NEW,
  dryRun: { ...DRY_RUN, description: 'show what would be sent and changed, and do nothing' },
};
