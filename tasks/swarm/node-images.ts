import { type Answer, type AskedImage, askForImages, type StoredImage } from '../../lib/overview/index.js';
import { nameOf, swarmImageOf } from '../../lib/swarm/image.js';
import type { SurveyedNode } from '../../lib/swarm/index.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Opening, TaskContext } from '../context.js';
import { type NamedSwarm, type Surveyed, withSurvey } from './survey.js';

/** An image of the project on a node of a swarm. */
export interface ImageOnNode {
  /** The image's name in the project. */
  name: string;
  /** Which node: `swarm: node-3`, or of several swarms the manager's address in place of the word. */
  place: string;
  /** `stale` where a label says that the node has it, and it has gone. */
  state: 'there' | 'stale' | 'unreachable';
  stored?: StoredImage;
}

/**
 * Asks the nodes of swarms for the images whose sections name these swarms. Of several contents on a node the one that is
 * deployed counts. Nodes that have nothing of an image, and are not said to, are left out.
 *
 * @param problems gets sentences about swarms and nodes that cannot be reached
 */
export async function askNodes(
  context: TaskContext,
  swarms: readonly NamedSwarm[],
  opening: Opening,
  problems: string[],
): Promise<ImageOnNode[]> {
  const images: ImageOnNode[] = [];
  for (const swarm of swarms) {
    try {
      await withSurvey(context, swarm, opening, async (surveyed) => {
        const front = swarms.length === 1 ? 'swarm' : swarm.address.url;
        const found = surveyed.table.nodes.map((one) =>
          onNode(one, `${front}: ${one.node.hostname}`, { swarm, surveyed }),
        );
        images.push(...(await Promise.all(found)).flat());
        problems.push(...surveyed.problems);
      });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  return images;
}

async function onNode(
  { node, contents }: SurveyedNode,
  place: string,
  { swarm, surveyed: { table, engines } }: { swarm: NamedSwarm; surveyed: Surveyed },
): Promise<ImageOnNode[]> {
  const inUse = new Set(table.services.map(({ image }) => image));
  const engine = engines.get(node.id);
  const found = swarm.images.map(async ({ name, repository }): Promise<ImageOnNode[]> => {
    const own = contents.filter(({ image }) => swarmImageOf(image)?.name === nameOf(repository));
    const { image } = own.find((content) => inUse.has(content.image)) ?? own[0] ?? {};
    if (image === undefined) return [];
    if (!engine) return [{ name, place, state: 'unreachable' }];
    const stored = (await askForImages(engine, [image])).get(image);
    return [stored ? { name, place, state: 'there', stored } : { name, place, state: 'stale' }];
  });
  return (await Promise.all(found)).flat();
}

/** An image with the nodes where it is; a builder stage stays where it was built. */
export function withNodes(image: AskedImage, onNodes: readonly ImageOnNode[]): AskedImage {
  const places = onNodes.filter(({ name }) => name === image.name && image.role !== 'builder');
  return { ...image, hosts: [...image.hosts, ...places.map(({ place }) => place)] };
}

/** What nodes have, as an engine answers that is asked for images by the names that they have here. */
export function answersOfNodes(
  asked: readonly AskedImage[],
  onNodes: readonly ImageOnNode[],
): Map<string, Answer> {
  const answers = new Map<string, Answer>();
  for (const place of new Set(onNodes.map((one) => one.place))) {
    const ofPlace = onNodes.filter((one) => one.place === place);
    const pairs = asked.flatMap(({ reference, name }) =>
      ofPlace.filter((one) => one.name === name).map((one) => ({ ...one, reference })),
    );
    const images = pairs.flatMap(({ reference, stored }) => (stored ? [[reference, stored] as const] : []));
    const stale = pairs.flatMap(({ reference, state }) => (state === 'stale' ? [reference] : []));
    const isReached = ofPlace.every(({ state }) => state !== 'unreachable');
    answers.set(place, isReached ? { images: new Map(images), stale: new Set(stale) } : {});
  }
  return answers;
}
