import { asReference } from '../lib/oci/reference.js';
import type { Image } from '../lib/project/types.js';

/**
 * An image of which run.cfg says nothing but what is given; one that is not built.
 *
 * @param reference `repository:tag`
 */
export function image(name: string, reference: string, section: Partial<Image> = {}): Image {
  const [, repository = reference, tag = 'latest'] = /^(.*?)(?::([^:/]+))?$/.exec(reference) ?? [];
  return {
    name,
    synthetic: true,
    repository,
    tag,
    reference: asReference(reference),
    environment: [],
    env: [],
    gpu: [],
    volumes: [],
    ports: [],
    args: [],
    cmd: [],
    outputs: [],
    liveIgnore: [],
    liveBack: [],
    buildArgs: [],
    pullFromOnForce: false,
    preBuildScript: [],
    postBuildScript: [],
    publicationTags: [],
    hosts: [],
    swarm: { nodes: [], update: [], constraints: [], reserve: [], secrets: [], configs: [] },
    service: { dependsOn: [], reuse: false },
    ...section,
  };
}
