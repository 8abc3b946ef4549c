import type { Image } from '../lib/project/index.js';
import type { Report } from '../lib/report/types.js';
import type { Company, RunPlan } from '../lib/run/index.js';
import type { Client, ServiceMeans, ServicesRequest } from '../lib/services/index.js';
import { imageOf, type TaskContext } from './context.js';
import type { Interruptible } from './interrupt.js';

/** A run, by what it gets from the services beside it. Resolves to its exit status. */
export type RunBeside = (company: Company | undefined, place: (plan: RunPlan) => RunPlan) => Promise<number>;

type Request = Omit<ServicesRequest, 'client' | 'describe' | 'kept'>;

/** The services that run beside an image, as its section says. */
export interface ServicesOfImage {
  /** The lines of a dry run around that of the run itself, and what the run gets. */
  render: (request: Request) => Promise<{ before: string[]; behind: string[]; company: Company }>;
  /** Runs it beside them. */
  carryOut: (
    request: Request,
    means: ServiceMeans & Pick<Interruptible, 'cleanUpWithin'>,
    run: RunBeside,
  ) => Promise<number>;
}

/** @returns undefined where there are none */
export function servicesOf(
  context: TaskContext,
  { image, network, remote }: { image: Image; network: string | undefined; remote: boolean },
): ServicesOfImage | undefined {
  const { dependsOn } = image.service;
  if (dependsOn.length === 0) return undefined;
  const given = network === undefined ? image.network : { text: network, origin: { file: '--network' } };
  const client: Client = { name: image.name, dependsOn, network: given };
  const describe = (name: string) => imageOf(context, name, { remote, operation: 'run' });
  return {
    async render(request) {
      const { companyOf, planServices, reachableUnseen, renderServices } =
        await import('../lib/services/index.js');
      const plan = planServices({ ...request, client, describe });
      return { ...renderServices(plan), company: companyOf(plan, client, reachableUnseen(plan.services)) };
    },
    async carryOut(request, means, run) {
      const { groupOf } = await import('../lib/run/index.js');
      const { carryOutBeside, keptServices, longestStop, planServices } =
        await import('../lib/services/index.js');
      const kept = await keptServices(means.engine, groupOf(request.project));
      const plan = planServices({ ...request, client, describe, kept });
      means.cleanUpWithin(longestStop(plan));
      return carryOutBeside(plan, means, async (services) => {
        const exitStatus = await run(services.companyOf(client), (planned) => services.place(planned));
        if (exitStatus !== 0) services.showLast();
        return exitStatus;
      });
    },
  };
}

/** Says so where what services write is asked for. */
export function warnOfNoService(name: string, report: Report): void {
  report.warn(`--logs shows nothing: ${name} depends on no service (depends_on= in its section).`);
}
