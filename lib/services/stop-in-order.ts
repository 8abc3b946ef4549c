import type { Service } from './service.js';

/** Stops services side by side, each when those that need it have stopped. All are tried; it fails with the first failure. */
export async function stopInOrder(services: readonly Service[]): Promise<void> {
  const stopping = new Map<Service, Promise<void>>();
  const stop = async (service: Service) => {
    const dependents = services.filter(({ plan }) =>
      plan.needs.some(({ name }) => name === service.plan.name),
    );
    await Promise.allSettled(dependents.map((dependent) => stopOnce(dependent)));
    await service.stop();
  };
  const stopOnce = (service: Service): Promise<void> => {
    const begun = stopping.get(service) ?? stop(service);
    stopping.set(service, begun);
    return begun;
  };
  const results = await Promise.allSettled(services.map(stopOnce));
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}
