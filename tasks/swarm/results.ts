/** What `services --json` prints. */
export interface ServicesJson {
  swarms: SwarmJson[];
  /** Sentences: sections that are wrong, nodes that cannot be reached. */
  problems: string[];
}

export interface SwarmJson {
  /** Address of the manager that was asked. */
  manager: string;
  services: SwarmServiceJson[];
  nodes: SwarmNodeJson[];
}

/** A service of the project. */
export interface SwarmServiceJson {
  name: string;
  /** Reference of the image that it is to run. */
  image: string;
  /** Reference of the one that `rollback` goes back to, where there is one. */
  previous?: string;
  /** Containers that run that image. */
  running: number;
  /** How many there are to be. */
  wanted: number;
  /** How its last change stands, in the swarm's words, such as `updating` or `rollback_completed`. */
  state?: string;
}

export interface SwarmNodeJson {
  id: string;
  hostname: string;
  role: string;
  /** `ready`, `down`, … */
  state: string;
  /** `active`, `pause` or `drain`. */
  availability: string;
  /** The engine's version. */
  version: string;
  /** What it has of the project's services. */
  contents: SwarmContentJson[];
}

export interface SwarmContentJson {
  image: string;
  /**
   * `stale` where a label of the node says that it has the image, which has gone; `unlabelled` where it has one that no
   * label speaks of; `unknown` where the node could not be asked.
   */
  state: 'there' | 'stale' | 'unlabelled' | 'unknown';
}
