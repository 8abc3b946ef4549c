import { createHash } from 'node:crypto';
import type { ImageFacts } from '../engine/images/image-facts.js';
import { asReference, partsIn, type Reference } from '../oci/reference.js';

/**
 * Where nobody listens, so that the kernel itself refuses what an engine does before each start of a task whose image has
 * a tag: it asks the registry of that name, and would take another image from there.
 */
const NO_REGISTRY = '127.0.0.1:1';

const LABEL = 'gulp-dockerutils.';

/** An image as the nodes of a swarm have it: under one name for each content, so that what runs can be gone back to. */
export interface SwarmImage {
  /** Of all contents: `app-web`. */
  name: string;
  /** 16 hexadecimal digits: equal images have equal ones in all image stores. */
  content: string;
  reference: Reference;
  /** The label of the nodes that have it, whose value is the name. */
  label: string;
  /** Keeps tasks on these nodes. */
  constraint: string;
}

/** @param repository the image's own, without a tag */
export function swarmImage(repository: string, { likeness }: Pick<ImageFacts, 'likeness'>): SwarmImage {
  const name = nameOf(repository);
  const hash = createHash('sha256').update(JSON.stringify([name, likeness]));
  return named(name, hash.digest('hex').slice(0, 16));
}

/** The image that a service or a node names; undefined for one that is not of this kind. */
export function swarmImageOf(reference: string): SwarmImage | undefined {
  const parts = partsIn(reference);
  if (parts?.registry !== NO_REGISTRY || parts.tag === undefined) return undefined;
  return named(parts.path, parts.tag);
}

/** The images that a node's labels say it has. */
export function labelledImages(labels: Readonly<Record<string, string>>): SwarmImage[] {
  return Object.entries(labels).flatMap(([label, name]) => {
    const [, content] = /^gulp-dockerutils\.([0-9a-f]{16})$/.exec(label) ?? [];
    return content === undefined || !partsIn(name) ? [] : [named(name, content)];
  });
}

/** All that nodes have of a name, as a filter of images takes it. */
export function repositoryOf(name: string): string {
  return `${NO_REGISTRY}/${name}`;
}

/** `app-web` of the image's repository, without the registry that it has elsewhere. */
export function nameOf(repository: string): string {
  const path = partsIn(repository)?.path ?? repository;
  return path.replace(/^library\//, '');
}

function named(name: string, content: string): SwarmImage {
  const label = LABEL + content;
  return {
    ...{ name, content, label },
    reference: asReference(`${repositoryOf(name)}:${content}`),
    constraint: `node.labels.${label}==${name}`,
  };
}
