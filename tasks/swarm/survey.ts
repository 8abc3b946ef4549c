import type { Engine, EngineAddress } from '../../lib/engine/types.js';
import { type Image, imageNames } from '../../lib/project/index.js';
import type { Report } from '../../lib/report/types.js';
import { PROJECT_LABEL } from '../../lib/swarm/draft/labels.js';
import { commandLine } from '../../lib/text/command-line.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Word } from '../../lib/text/word.js';
import {
  engineAddress,
  hostAddress,
  imageOf,
  type Opening,
  type TaskContext,
  withEngines,
} from '../context.js';
import { checkManager } from './manager.js';
import { reachNodes } from './node-engines.js';
import type { SwarmTable } from './render-swarm.js';

/** A swarm that run.cfg names. */
export interface NamedSwarm {
  /** Its manager's. */
  address: EngineAddress;
  /** Its nodes that run.cfg says the way to. */
  hosts: readonly Word[];
  /** The images whose sections name it. */
  images: readonly Image[];
}

/**
 * The swarms that sections name, each once.
 *
 * @param given a manager to be asked instead
 * @returns with sentences about sections that are wrong; the others count
 */
export async function swarmsOf(
  context: TaskContext,
  given?: string,
): Promise<{ swarms: NamedSwarm[]; problems: string[] }> {
  const own =
    given === undefined ? undefined : await engineAddress(context, { host: given, hostOrigin: '--swarm' });
  const swarms = new Map<string, NamedSwarm>(own && [[own.url, { address: own, hosts: [], images: [] }]]);
  const problems: string[] = [];
  for (const name of imageNames(context.project)) {
    try {
      const image = imageOf(context, name, { remote: true, operation: 'deploy' });
      const { manager } = image.swarm;
      const address = own ?? (manager && (await hostAddress(context, manager)));
      if (address) swarms.set(address.url, withImage(swarms.get(address.url), address, image));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  return { swarms: [...swarms.values()], problems };
}

function withImage(known: NamedSwarm | undefined, address: EngineAddress, image: Image): NamedSwarm {
  const { hosts = [], images = [] } = known ?? {};
  const further = image.swarm.nodes.filter(({ text }) => hosts.every((host) => host.text !== text));
  return { address, hosts: [...hosts, ...further], images: [...images, image] };
}

/** The docker commands that show the most of it. */
export function reportSurvey({ project }: TaskContext, { address }: NamedSwarm, report: Report): void {
  const docker = (...words: string[]) => commandLine(['docker', ...address.cliFlags, ...words]);
  report.command(docker('service', 'ls', '--filter', `label=${PROJECT_LABEL}=${project.name}`));
  report.command(docker('node', 'ls'));
}

/** What was seen of a swarm. */
export interface Surveyed {
  table: SwarmTable;
  /** Of the nodes that can be reached, by the nodes' IDs. */
  engines: ReadonlyMap<string, Engine>;
  /** Sentences about nodes that cannot be reached. */
  problems: readonly string[];
}

/** Looks at a swarm and its nodes, and gives work what was seen while their engines are open. */
export function withSurvey<Result>(
  context: TaskContext,
  { address, hosts, images }: NamedSwarm,
  opening: Opening,
  work: (surveyed: Surveyed) => Result | Promise<Result>,
): Promise<Result> {
  return withEngines(context, opening, async (open) => {
    const { imageNamesOf, nameOf, surveyNode, surveyServices } = await import('../../lib/swarm/index.js');
    const manager = await open(address);
    await checkManager(manager);
    const { services, nodes } = await surveyServices(manager, context.project.name);
    const ready = nodes.filter(({ state }) => state === 'ready');
    const { engines, problems } = await reachNodes(context, { manager, nodes: ready, hosts }, open);
    const names = new Set([...imageNamesOf(services), ...images.map(({ repository }) => nameOf(repository))]);
    const surveyed = nodes.map((node) => surveyNode(node, names, engines.get(node.id)));
    return await work({
      table: { manager: address.url, services, nodes: await Promise.all(surveyed) },
      engines,
      problems: ready.flatMap(({ id, hostname }) => {
        const problem = problems.get(id);
        return problem ? [`${hostname}: ${problem.message}`] : [];
      }),
    });
  });
}
