import { about, type Chapter, doubtful, type Finding, right, wrong } from '../../lib/overview/index.js';
import type { SurveyedNode, SurveyedService } from '../../lib/swarm/index.js';
import { UserError } from '../../lib/text/user-error.js';
import type { Opening, TaskContext } from '../context.js';
import type { SwarmTable } from '../swarm/render-swarm.js';
import { type NamedSwarm, withSurvey } from '../swarm/survey.js';

/** The swarms that run.cfg names: their nodes, what is deployed there, and whether nodes have what is said of them. */
export async function swarmChapter(
  context: TaskContext,
  swarms: readonly NamedSwarm[],
  opening: Opening,
): Promise<Chapter> {
  const findings = await Promise.all(
    swarms.map(async (swarm) => {
      try {
        return await withSurvey(context, swarm, opening, ({ table, problems }) => [
          ...swarmFindings(table),
          ...problems.map(wrong),
        ]);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        return [wrong(about(swarm.address.url, error.message))];
      }
    }),
  );
  return { title: 'Swarm', findings: findings.flat() };
}

/** What a swarm says of itself. */
export function swarmFindings({ manager, services, nodes }: SwarmTable): Finding[] {
  const ready = nodes.filter(
    ({ node: { state, availability } }) => state === 'ready' && availability === 'active',
  );
  return [
    right(`${manager}: ${ready.length} of ${nodes.length} nodes take containers`),
    ...nodes.flatMap(nodeFinding),
    ...services.map(serviceFinding),
    ...nodes.flatMap((one) => contentFindings(one, services)),
  ];
}

function nodeFinding({ node: { hostname, state, availability } }: SurveyedNode): Finding[] {
  if (state !== 'ready')
    return [wrong(`${hostname} is ${state}: see its engine, or take it out (docker node rm ${hostname})`)];
  return availability === 'active' ? [] : [doubtful(`${hostname} takes no containers (${availability})`)];
}

function serviceFinding({ name, running, wanted, state }: SurveyedService): Finding {
  const count = `${name}: ${running} of ${wanted} run`;
  if (running >= wanted) return right(count);
  const now = state === undefined || state === 'completed' ? '' : ` (${state})`;
  return doubtful(`${count}${now}; docker service ps ${name} says why`);
}

/** Where a label speaks of an image that has gone, the swarm would start a container that has none. */
function contentFindings(
  { node: { hostname }, contents }: SurveyedNode,
  services: readonly SurveyedService[],
): Finding[] {
  return contents
    .filter(({ state }) => state === 'stale')
    .map(({ image }) => {
      const used = services.find((service) => service.image === image || service.previous === image);
      const again = used ? `; deploying ${used.name} again sends it` : '';
      return doubtful(`${hostname} has lost ${image}, which its label says it has${again}`);
    });
}
