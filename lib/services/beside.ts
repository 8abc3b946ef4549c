import { messageOf } from '../text/thrown.js';
import { ServiceGroup } from './group.js';
import type { ServiceMeans, ServicesPlan } from './types.js';

/**
 * Does work that services run beside: they are started and ready before it, and those that were started for it alone are
 * stopped behind it, whatever comes of it or of them.
 *
 * It fails with the first of what starting them, the work, and stopping them fail with.
 */
export async function carryOutBeside<Result>(
  plan: ServicesPlan,
  means: ServiceMeans,
  work: (services: ServiceGroup) => Promise<Result>,
): Promise<Result> {
  const services = new ServiceGroup(plan, means);
  let result: Result;
  try {
    await services.start();
    result = await work(services);
  } catch (error) {
    await services.stop().catch((other: unknown) => {
      means.report.warn(`Not all services of ${plan.client} were stopped: ${messageOf(other)}`);
    });
    throw error;
  }
  await services.stop();
  return result;
}
