import type { Engine, EngineAddress } from '../lib/engine/types.js';
import { imageNames } from '../lib/project/index.js';
import { PROJECT_LABEL } from '../lib/swarm/draft/labels.js';
import { commandLine } from '../lib/text/command-line.js';
import { UserError } from '../lib/text/user-error.js';
import type { Word } from '../lib/text/word.js';
import {
  engineAddress,
  hostAddress,
  imageOf,
  type OpenEngine,
  type TaskContext,
  withEngines,
} from './context.js';
import { defineTask } from './define-task.js';
import { ACCEPT_NEW, DRY_RUN, type FlagTable } from './flags.js';
import { JSON_FLAG } from './json.js';
import { openPrinter } from './print.js';
import { checkManager, SWARM } from './swarm/manager.js';
import { reachNodes } from './swarm/node-engines.js';
import { renderSwarms, type SwarmTable } from './swarm/render-swarm.js';
import type { ServicesJson, SwarmJson } from './swarm/results.js';
import type { Task } from './task.js';

export interface ServicesOptions {
  /** A manager of the swarm to look at, instead of those that run.cfg names. */
  swarm?: string;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print them as JSON, a {@link ServicesJson}. */
  json?: boolean;
  /** Print the docker commands, and do nothing. */
  dryRun?: boolean;
}

export const SERVICES_FLAGS: FlagTable<ServicesOptions> = {
  swarm: { ...SWARM, description: 'a manager of the swarm, instead of those of run.cfg' },
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: DRY_RUN,
};

/**
 * Prints what is deployed of the project, how much of it runs, and which node of its swarm has which image of it. A node
 * that cannot be reached is no failure.
 */
export function services(context: TaskContext, options: ServicesOptions = {}): Task {
  return defineTask(context, {
    kind: 'services',
    name: 'services',
    description: 'Lists what is deployed, and which node has what',
    flags: SERVICES_FLAGS,
    options,
    async work({ swarm, acceptNew, dryRun }, { report, signal, result }) {
      const { swarms, problems } = await swarmsOf(context, swarm);
      const surveyed: SwarmTable[] = [];
      for (const { address, hosts } of swarms) {
        const docker = (...words: string[]) => commandLine(['docker', ...address.cliFlags, ...words]);
        report.command(docker('service', 'ls', '--filter', `label=${PROJECT_LABEL}=${context.project.name}`));
        report.command(docker('node', 'ls'));
        if (dryRun) continue;
        await withEngines(context, { report, signal, acceptNew }, async (open) => {
          surveyed.push(await survey(context, { manager: await open(address), hosts }, open, problems));
        });
      }
      if (result) result({ swarms: surveyed.map(asJson), problems } satisfies ServicesJson);
      else if (!dryRun) {
        const { palette, columns, print } = await openPrinter(context);
        for (const line of await renderSwarms(surveyed, palette, columns)) print(line);
      }
      for (const problem of problems) report.warn(problem);
    },
  });
}

interface NamedSwarm {
  address: EngineAddress;
  /** Its nodes that run.cfg says the way to. */
  hosts: Word[];
}

/** @throws {UserError} `NO_SWARM` where there is none */
async function swarmsOf(
  context: TaskContext,
  given: string | undefined,
): Promise<{ swarms: NamedSwarm[]; problems: string[] }> {
  const own =
    given === undefined ? undefined : await engineAddress(context, { host: given, hostOrigin: '--swarm' });
  const swarms = new Map<string, NamedSwarm>(own && [[own.url, { address: own, hosts: [] }]]);
  const problems: string[] = [];
  for (const name of imageNames(context.project)) {
    try {
      const { manager, nodes } = imageOf(context, name, { remote: true, operation: 'deploy' }).swarm;
      const address = own ?? (manager && (await hostAddress(context, manager)));
      if (address) add(swarms, address, nodes);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      problems.push(error.message);
    }
  }
  if (swarms.size > 0 || problems.length > 0) return { swarms: [...swarms.values()], problems };
  throw new UserError(
    'NO_SWARM',
    'Nothing says where the project is deployed: give --swarm ssh://user@manager, or set swarm in a section of run.cfg.',
  );
}

function add(swarms: Map<string, NamedSwarm>, address: EngineAddress, nodes: readonly Word[]): void {
  const known = swarms.get(address.url) ?? { address, hosts: [] };
  const further = nodes.filter(({ text }) => known.hosts.every((host) => host.text !== text));
  swarms.set(address.url, { address, hosts: [...known.hosts, ...further] });
}

async function survey(
  context: TaskContext,
  { manager, hosts }: { manager: Engine; hosts: readonly Word[] },
  open: OpenEngine,
  problems: string[],
): Promise<SwarmTable> {
  const { imageNamesOf, surveyNode, surveyServices } = await import('../lib/swarm/index.js');
  await checkManager(manager);
  const { services, nodes } = await surveyServices(manager, context.project.name);
  const ready = nodes.filter(({ state }) => state === 'ready');
  const reached = await reachNodes(context, { manager, nodes: ready, hosts }, open);
  for (const { id, hostname } of ready) {
    const problem = reached.problems.get(id);
    if (problem) problems.push(`${hostname}: ${problem.message}`);
  }
  const names = imageNamesOf(services);
  return {
    manager: manager.address.url,
    services,
    nodes: await Promise.all(nodes.map((node) => surveyNode(node, names, reached.engines.get(node.id)))),
  };
}

function asJson({ manager, services, nodes }: SwarmTable): SwarmJson {
  return {
    manager,
    services: [...services],
    nodes: nodes.map(({ node, contents }) => ({
      ...{ id: node.id, hostname: node.hostname, role: node.role, state: node.state },
      ...{ availability: node.availability, version: node.engineVersion, contents },
    })),
  };
}
