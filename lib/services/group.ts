import { setTimeout as sleep } from 'node:timers/promises';
import { exposedPorts } from '../engine/images/inspect.js';
import { formatDuration } from '../report/format.js';
import type { RunPlan } from '../run/index.js';
import type { Company } from '../run/words.js';
import { processMark } from '../system/process-mark.js';
import { printable } from '../text/printable.js';
import { errorOf } from '../text/thrown.js';
import { environmentWords } from './environment.js';
import {
  configurationOnEngine,
  imageOnEngine,
  isMadeByAnother,
  OTHERS_START,
  PAUSE,
  runningAlike,
} from './kept.js';
import { CONFIGURATION_LABEL, OWNER_LABEL, STARTER_LABEL } from './labels.js';
import { makeNetworks, type NetworkIds, removeNetworks, withNetworkIds } from './networks.js';
import { openOutlets, type Outlets } from './outside/outlets.js';
import { publishWords } from './outside/publish.js';
import { companyOf, neededBy } from './plan.js';
import { Removals } from './ready/removals.js';
import { networkCreation } from './render.js';
import { Service } from './service.js';
import { stopInOrder } from './stop-in-order.js';
import { sweep } from './sweep.js';
import type { Client, ServiceMeans, ServicePlan, ServicesPlan } from './types.js';

/** How far a service has come. */
interface Coming {
  created: Promise<void>;
  started: Promise<void>;
  ready: Promise<void>;
}

/** What is called when a service has come so far. */
type Told = Record<'created' | 'started', () => void>;

/** The services of one client, from the first network to the last container. */
export class ServiceGroup {
  readonly #plan: ServicesPlan;
  readonly #means: ServiceMeans;
  readonly #services = new Map<string, Service>();
  /** Those that were not there before, and have not become ready. */
  readonly #unfinished = new Set<Service>();
  readonly #coming = new Map<string, Coming>();
  readonly #removals = new Removals();
  /** Aborted by the first failure, too. */
  readonly #abort = new AbortController();
  #networks: NetworkIds = new Map();
  #isStopping = false;

  constructor(plan: ServicesPlan, means: ServiceMeans) {
    this.#plan = plan;
    this.#means = means;
  }

  /** Starts all services side by side, each when what it needs is ready. Rejects when all have settled, with the first failure. */
  async start(): Promise<void> {
    const { engine, report, signal } = this.#means;
    const { group, services } = this.#plan;
    if (await sweep(engine, group)) report.info('Removed services that a killed run has left.');
    signal.throwIfAborted();
    this.#networks = await makeNetworks(engine, this.#plan, (name) =>
      report.command(networkCreation(this.#plan, name)),
    );
    const onAbort = () => this.#abort.abort(signal.reason);
    signal.addEventListener('abort', onAbort);
    if (signal.aborted) onAbort();
    try {
      for (const service of services) this.#coming.set(service.name, this.#bring(service));
      const all = [...this.#coming.values()].map(({ ready }) =>
        ready.catch((error: unknown) => {
          this.#abort.abort(error);
        }),
      );
      await Promise.all(all);
      const removed = this.#removals.done();
      await removed.catch(() => undefined);
      this.#abort.signal.throwIfAborted();
      await removed;
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  /** What a run gets that these run beside. */
  companyOf(client: Pick<Client, 'name' | 'network'>): Company {
    return companyOf(this.#plan, client, this.#reachable(this.#plan.services));
  }

  /** A run on the networks of these. */
  place(run: RunPlan): RunPlan {
    return withNetworkIds(run, this.#networks);
  }

  /** Opens the ways from this machine to those that the client needs itself. */
  openOutlets(): Promise<Outlets> {
    const needed = this.#plan.needs.flatMap(({ name }) => this.#services.get(name) ?? []);
    return openOutlets(
      this.#means.engine,
      needed.map(({ reachable, containerId }) => ({ ...reachable, containerId })),
    );
  }

  /** Shows what the services have written last, where it has not been shown anyway. */
  showLast(): void {
    if (this.#means.logs) return;
    for (const { plan, output } of this.#services.values())
      output.last.forEach((line) => this.#show(plan, line));
  }

  /** Stops and removes what was started and is not kept, those first that need others; then the network. */
  async stop(): Promise<void> {
    const { engine } = this.#means;
    this.#isStopping = true;
    const all = [...this.#services.values()];
    const stopped = all.filter((service) => !service.plan.kept || this.#unfinished.has(service));
    for (const service of all) if (!stopped.includes(service)) service.release();
    await stopInOrder(stopped);
    await removeNetworks(
      engine,
      this.#plan,
      this.#networks,
      all.every((service) => stopped.includes(service)),
    );
  }

  #bring(service: ServicePlan): Coming {
    const told: Told = { created: () => undefined, started: () => undefined };
    const isCreated = new Promise<void>((resolve) => (told.created = resolve));
    const isStarted = new Promise<void>((resolve) => (told.started = resolve));
    const ready = this.#startInTurn(service, told);
    const created = Promise.race([isCreated, ready]);
    const started = Promise.race([isStarted, ready]);
    // Whoever needs it fails by it, and whoever starts all; if nobody does, it must not count as unhandled.
    for (const coming of [ready, created, started]) coming.catch(() => undefined);
    return { created, started, ready };
  }

  async #startInTurn(plan: ServicePlan, told: Told): Promise<void> {
    const { signal } = this.#abort;
    // Its container is made while what it needs comes up: of that it has to know ports alone.
    for (const { name } of plan.needs) await this.#coming.get(name)?.created;
    signal.throwIfAborted();
    const awaited = this.#isAwaited(plan) ? plan : { ...plan, ready: { kind: 'running' } as const };
    const { service, wasThere } = await this.#open(awaited);
    told.created();
    for (const { name, until } of plan.needs) await this.#coming.get(name)?.[until];
    signal.throwIfAborted();
    const activity = this.#means.report.activity(plan.name);
    const begin = performance.now();
    try {
      const { group } = this.#plan;
      const how = await service.start({ group, signal, onStart: told.started, removals: this.#removals });
      this.#unfinished.delete(service);
      activity.done(
        `${wasThere ? 'runs already, ' : ''}ready (${how}) in ${formatDuration(performance.now() - begin)}`,
      );
      this.#watch(service);
    } catch (error) {
      activity.failed();
      throw errorOf(error);
    }
  }

  /** Whether somebody waits for more than its start. */
  #isAwaited({ name }: ServicePlan): boolean {
    const { needs, services } = this.#plan;
    return [needs, ...services.map((service) => service.needs)]
      .flat()
      .some((need) => need.name === name && need.until === 'ready');
  }

  /** @param latest until when the name of one that is kept may turn out to be another process's, which makes the same */
  async #open(
    plan: ServicePlan,
    latest = performance.now() + OTHERS_START,
  ): Promise<{ service: Service; wasThere: boolean }> {
    const { engine, report } = this.#means;
    const { group } = this.#plan;
    const { signal } = this.#abort;
    const means = { ...this.#means, signal };
    const run = await this.#runOf(plan, means);
    const configuration = plan.kept ? await configurationOnEngine(run, means) : undefined;
    if (configuration !== undefined) {
      const found = await runningAlike(engine, { group, service: plan.name, configuration }, signal);
      if (found) return { service: this.#know(await Service.adopt(plan, found, means)), wasThere: true };
    }
    report.command(run.commandLine);
    const labels: Record<string, string> =
      configuration === undefined
        ? { [OWNER_LABEL]: processMark() }
        : { [CONFIGURATION_LABEL]: configuration, [STARTER_LABEL]: processMark() };
    let made: Service;
    try {
      made = await Service.create(plan, this.place(labelled(run, labels)), means);
    } catch (error) {
      const isMade = plan.kept && (await isMadeByAnother(error, engine, { run, group }));
      if (!isMade || performance.now() > latest) throw error;
      await sleep(PAUSE, undefined, { signal });
      return this.#open(plan, latest);
    }
    const service = this.#know(made);
    this.#unfinished.add(service);
    return { service, wasThere: false };
  }

  async #runOf(plan: ServicePlan, means: ServiceMeans): Promise<RunPlan> {
    const variables = environmentWords(this.#reachable(neededBy(this.#plan, plan)));
    const run = plan.run(variables);
    if (!plan.published) return run;
    const image = await imageOnEngine(run, means);
    return plan.run([...variables, ...publishWords(plan, run, exposedPorts(image))]);
  }

  #know(service: Service): Service {
    this.#services.set(service.plan.name, service);
    if (this.#means.logs) service.output.listen((line) => this.#show(service.plan, line));
    return service;
  }

  /** Tells of a service that ends while it is needed. */
  #watch({ plan, ended }: Service): void {
    if (plan.ready?.kind === 'exit') return;
    ended.then(
      (status) => {
        if (!this.#isStopping) this.#means.report.warn(`${plan.name} has ended, with exit status ${status}.`);
      },
      () => undefined,
    );
  }

  #reachable(plans: readonly ServicePlan[]) {
    return plans.flatMap(({ name }) => this.#services.get(name)?.reachable ?? []);
  }

  #show({ name }: ServicePlan, line: string): void {
    const width = Math.max(...this.#plan.services.map((service) => service.name.length));
    this.#means.report.info(`${name.padEnd(width)} │ ${printable(line)}`);
  }
}

function labelled(run: RunPlan, labels: Readonly<Record<string, string>>): RunPlan {
  const { body } = run.request;
  return { ...run, request: { ...run.request, body: { ...body, Labels: { ...body.Labels, ...labels } } } };
}
