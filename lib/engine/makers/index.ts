import { containerd } from './containerd.js';
import { docker } from './docker.js';
import type { Maker, MakerName } from './maker.js';
import { podman } from './podman.js';

const MAKERS: Readonly<Record<MakerName, Maker>> = { docker, podman, containerd };

/** Who made an engine, and so what is different with it. */
export function makerOf({ maker }: { maker: MakerName }): Maker {
  return MAKERS[maker];
}
