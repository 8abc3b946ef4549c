import { listImages, namesOf } from '../engine/images/names.js';
import { listNodes, type SwarmNode } from '../engine/swarm/nodes.js';
import { listServices, type SwarmService } from '../engine/swarm/services.js';
import { type SwarmTask, tasksOf } from '../engine/swarm/tasks.js';
import type { Engine } from '../engine/types.js';
import { isRecord } from '../text/record.js';
import { PROJECT_LABEL } from './draft/labels.js';
import { labelledImages, swarmImageOf } from './image.js';

/** A service of a project, as it is in a swarm. */
export interface SurveyedService {
  name: string;
  /** The image that it is to run, and the one that it would go back to. */
  image: string;
  previous?: string;
  /** Containers that run that image, and that are to run. */
  running: number;
  wanted: number;
  /** How its last change stands, in the swarm's words; undefined where nothing is said. */
  state?: string;
}

/** An image on a node. */
export interface SurveyedContent {
  /** Its reference there. */
  image: string;
  /**
   * `there`; `stale` where the node's label says so and the image has gone; `unlabelled` where it is there and no task
   * comes, for no label says so; `unknown` where the node was not reached.
   */
  state: 'there' | 'stale' | 'unlabelled' | 'unknown';
}

export interface SurveyedNode {
  node: SwarmNode;
  contents: SurveyedContent[];
}

/** The services of a project, and the nodes of the swarm, whose engines can be reached then. */
export async function surveyServices(
  manager: Engine,
  project: string,
): Promise<{ services: SurveyedService[]; nodes: SwarmNode[] }> {
  const [services, nodes] = await Promise.all([
    listServices(manager, `${PROJECT_LABEL}=${project}`),
    listNodes(manager),
  ]);
  const surveyed = await Promise.all(services.map((service) => surveyService(manager, service)));
  return { services: surveyed.sort((one, other) => (one.name < other.name ? -1 : 1)), nodes };
}

/** The names of the images of services, in all contents. */
export function imageNamesOf(services: readonly SurveyedService[]): Set<string> {
  return new Set(
    services.flatMap(({ image, previous = '' }) =>
      [image, previous].flatMap((reference) => swarmImageOf(reference)?.name ?? []),
    ),
  );
}

async function surveyService(manager: Engine, { ID, Spec, PreviousSpec, UpdateStatus }: SwarmService) {
  const tasks = (await tasksOf(manager, ID)).filter(({ DesiredState }) => DesiredState === 'running');
  const isRight = (task: SwarmTask) =>
    isRecord(task.Spec.ContainerSpec) && task.Spec.ContainerSpec.Image === Spec.image;
  const running = tasks.filter((task) => task.Status.State === 'running' && isRight(task));
  return {
    name: Spec.name,
    image: Spec.image,
    ...(PreviousSpec && { previous: PreviousSpec.image }),
    running: running.length,
    wanted: Spec.replicas ?? tasks.length,
    ...(UpdateStatus?.State && { state: UpdateStatus.State }),
  };
}

/**
 * What a node has of the images of services.
 *
 * @param names of the images, in all contents
 * @param engine the node's; undefined where it cannot be reached
 */
export async function surveyNode(
  node: SwarmNode,
  names: ReadonlySet<string>,
  engine: Engine | undefined,
): Promise<SurveyedNode> {
  const labelled = labelledImages(node.labels).filter(({ name }) => names.has(name));
  const references = labelled.map(({ reference }): string => reference);
  if (!engine) return { node, contents: references.map((image) => ({ image, state: 'unknown' })) };
  const images = (await listImages(engine)).flatMap(namesOf);
  const there = images.filter((name) => names.has(swarmImageOf(name)?.name ?? ''));
  return {
    node,
    contents: [
      ...references.map((image): SurveyedContent => ({
        image,
        state: there.includes(image) ? 'there' : 'stale',
      })),
      ...there
        .filter((image) => !references.includes(image))
        .map((image): SurveyedContent => ({ image, state: 'unlabelled' })),
    ],
  };
}
