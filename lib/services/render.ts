import { readinessText } from '../project/index.js';
import { formatDuration } from '../report/format.js';
import { commandLine } from '../text/command-line.js';
import { environmentWords, type Reachable } from './environment.js';
import { publishWords } from './outside/publish.js';
import { neededBy } from './plan.js';
import type { ServicePlan, ServicesPlan } from './types.js';

/** What a dry run prints before and behind what services run beside, to be pasted; comments say what has no line. */
export function renderServices(plan: ServicesPlan): { before: string[]; behind: string[] } {
  const docker = (...words: string[]) => commandLine(['docker', ...plan.cliFlags, ...words]);
  const { own, kept } = plan.networks;
  const names = [own, kept].filter((name) => name !== undefined);
  const stopped = plan.services.filter((service) => !service.kept).toReversed();
  return {
    before: [
      ...names.map((name) => networkCreation(plan, name)),
      ...plan.services.flatMap((service) => {
        const { commandLine: line, request } = runOf(plan, service);
        const wait = service.ready?.kind === 'exit' ? [docker('wait', request.query.name ?? '')] : [];
        return [line, waitOf(plan, service), ...wait];
      }),
    ],
    behind: [
      ...stopped.flatMap((service) => {
        const name = runOf(plan, service).request.query.name ?? service.name;
        return [docker('stop', '-t', String(service.stopTimeout), name), docker('rm', '-f', '-v', name)];
      }),
      ...(own === undefined ? [] : [docker('network', 'rm', own)]),
    ],
  };
}

/** The command that makes a network as these want it. */
export function networkCreation({ cliFlags }: ServicesPlan, name: string): string {
  return commandLine(['docker', ...cliFlags, 'network', 'create', name]);
}

/** What is known of services without an engine: the ports that their sections name. */
export function reachableUnseen(services: readonly ServicePlan[]): Reachable[] {
  return services.map(({ name, ready, run }) => ({
    name,
    ready,
    ports: Object.keys(run([]).request.body.ExposedPorts ?? {}),
  }));
}

function runOf(plan: ServicesPlan, service: ServicePlan) {
  const variables = environmentWords(reachableUnseen(neededBy(plan, service)));
  const run = service.run(variables);
  return service.published ? service.run([...variables, ...publishWords(service, run, [])]) : run;
}

function waitOf({ needs, services }: ServicesPlan, { name, ready, readyTimeout }: ServicePlan): string {
  const all = [...needs, ...services.flatMap((service) => service.needs)];
  if (!all.some((need) => need.name === name && need.until === 'ready'))
    return `# ${name} is started, and not waited for`;
  const what = ready ? readinessText(ready) : 'healthy, or running without a health check';
  return `# wait until ${name} is ready: ${what} (at most ${formatDuration(readyTimeout)})`;
}
