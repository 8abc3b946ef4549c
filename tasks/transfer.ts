import type { EngineAddress } from '../lib/engine/types.js';
import { partsIn } from '../lib/oci/reference.js';
import { UserError } from '../lib/text/user-error.js';
import type { Word } from '../lib/text/word.js';
import type { BareContext, TaskContext } from './context.js';
import { bareContext, engineAddress, hostAddress, imageOf, withEngines } from './context.js';
import { defineTask, type TaskRun } from './define-task.js';
import {
  ACCEPT_NEW,
  type Chosen,
  DIRECT,
  DRY_RUN,
  type FlagTable,
  NO_DELTA,
  type OneOrMore,
  TAG,
} from './flags.js';
import { type HostFailure, tellFailures } from './host-failures.js';
import { JSON_FLAG } from './json.js';
import { projectImage } from './project-image.js';
import { failureOf, type TransferJson } from './results.js';
import type { Task } from './task.js';
import { showPlans } from './transfer-plans.js';

export interface TransferOptions {
  /** Where to: `[user@]host[:port]`, ssh:// or tcp:// addresses, or docker contexts, instead of the section's `host`. */
  host?: OneOrMore;
  /** Where from, in the same forms, instead of the local engine. */
  from?: string;
  /** `os/architecture`: which image to send of one that has several platforms. Default: the target engine's own. */
  platform?: string;
  /** Tag of the image, instead of the section's or the user's name. */
  tag?: string;
  /** Send layers whole, even where the target has an image with much of what is in them. */
  noDelta?: boolean;
  /** Send each of several hosts its own copy from here, none by way of another. */
  direct?: boolean;
  /** Trust hosts whose keys are not known yet, and remember them. */
  acceptNew?: boolean;
  /** Print what was sent as JSON, a {@link TransferJson} a line for each host. */
  json?: boolean;
  /** Ask both engines and show the plan, and do nothing. */
  dryRun?: boolean;
}

export const TRANSFER_FLAGS: FlagTable<TransferOptions> = {
  host: {
    type: 'hosts',
    value: 'HOST',
    alike: ['to', 'hosts'],
    description: 'where to: [user@]host[:port], …; repeatable',
  },
  from: { type: 'string', value: 'HOST', description: 'where from, instead of the local engine' },
  platform: {
    type: 'string',
    value: 'OS/ARCH',
    description: 'os/architecture, of an image that has several',
  },
  tag: TAG,
  noDelta: NO_DELTA,
  direct: DIRECT,
  acceptNew: ACCEPT_NEW,
  json: JSON_FLAG,
  dryRun: { ...DRY_RUN, description: 'show what would be sent and do nothing' },
};

/**
 * Sends an image to the engines of other hosts: only the layers that they lack.
 *
 * @throws {UserError} `UNKNOWN_IMAGE`, `NO_DOCKERFILE`, `SYNTHETIC_IMAGE`
 */
export function transfer(context: TaskContext, name: string, options: TransferOptions = {}): Task {
  const named = projectImage(context, name);
  return transferTask(context, name, options, ({ tag = named.tag }, { remote }) => {
    const { reference, hosts } = imageOf(context, named.name, { remote, tag, operation: 'transfer' });
    return { reference, hosts };
  });
}

/** A task that transfers any image of the source, by its reference; it need not belong to a project. */
export function transferReference(reference: string, options: TransferOptions): Task {
  return transferTask(bareContext(), reference, options, ({ tag }) => {
    const parts = partsIn(reference);
    if (tag !== undefined && (parts?.tag ?? parts?.digest) !== undefined)
      throw new UserError('BAD_OPTION', `${reference} has its tag already: leave out --tag.`);
    const whole = parts && !parts.tag && !parts.digest ? `${reference}:${tag ?? 'latest'}` : reference;
    return { reference: whole, hosts: [] };
  });
}

interface Subject {
  /** The image's reference. */
  reference: string;
  /** Where it goes when no host is given. */
  hosts: readonly Word[];
}

function transferTask(
  context: BareContext,
  name: string,
  options: TransferOptions,
  find: (options: Partial<Chosen<TransferOptions>>, source: EngineAddress) => Subject,
): Task {
  return defineTask(context, {
    kind: 'transfer',
    name: `transfer:${name}`,
    description: `Sends ${name} to other hosts, only what they lack`,
    flags: TRANSFER_FLAGS,
    options,
    async work(chosen, run) {
      const source = await engineAddress(context, { host: chosen.from, hostOrigin: '--from' });
      const { reference, hosts } = find(chosen, source);
      const targets = await hostAddresses(context, name, chosen.host?.map((text) => ({ text })) ?? hosts);
      await transferImage(context, { source, targets, reference, options: chosen }, run);
    },
  });
}

/** @throws {UserError} `NO_HOST` where nothing says where an image goes */
export async function hostAddresses(
  context: BareContext,
  name: string,
  hosts: readonly Word[],
): Promise<EngineAddress[]> {
  if (hosts.length === 0)
    throw new UserError(
      'NO_HOST',
      `Nothing says where to send ${name}: give --host, or set host in its section of run.cfg.`,
    );
  const different = new Map(hosts.map((host) => [host.text, host]));
  return Promise.all([...different.values()].map((host) => hostAddress(context, host)));
}

export interface TransferRequest {
  source: EngineAddress;
  targets: readonly EngineAddress[];
  reference: string;
  options: Partial<Chosen<TransferOptions>>;
}

/** A target that fails does not stop the others; all failures are reported at the end. */
export async function transferImage(
  context: BareContext,
  { source, targets, reference, options }: TransferRequest,
  { report, signal, result }: Pick<TaskRun, 'report' | 'signal' | 'result'>,
): Promise<void> {
  const { carryOutTransfers, planTransfer } = await import('../lib/transfer/index.js');
  const { platform, noDelta = false, direct = false, acceptNew, dryRun } = options;
  const failures: HostFailure[] = [];
  await withEngines(context, { report, signal, acceptNew }, async (open) => {
    const from = await open(source);
    // Asked already while the logins are made; a failure is reported where the facts are used.
    from.facts().catch(() => undefined);
    const planned = await Promise.all(
      targets.map(async (address) => {
        try {
          return await planTransfer(from, await open(address), reference, { platform, delta: !noDelta });
        } catch (error) {
          failures.push({ url: address.url, error });
          return undefined;
        }
      }),
    );
    // In the order in which the hosts were named: the first one may have to give on what it gets.
    const plans = planned.filter((plan) => plan !== undefined);
    signal.throwIfAborted();
    const ways = await showPlans(plans, { direct }, report);
    if (!dryRun) {
      const outcomes = await carryOutTransfers(plans, { report, signal }, ways);
      plans.forEach(({ target, layers }, i) => {
        const outcome = outcomes[i];
        if (outcome?.status === 'fulfilled')
          result?.({
            ...{ kind: 'transfer', reference, host: target.address.url, ok: true },
            ...{ ...outcome.value, layers: layers.length },
          } satisfies TransferJson);
        if (outcome?.status === 'rejected') failures.push({ url: target.address.url, error: outcome.reason });
      });
    }
  });
  for (const { url, error } of failures)
    if (error instanceof UserError && !signal.aborted)
      result?.({
        ...{ kind: 'transfer', reference, host: url, ok: false },
        error: failureOf(error),
      } satisfies TransferJson);
  const [first] = failures;
  if (first && targets.length === 1) throw first.error;
  const told = tellFailures(failures);
  if (!told) return;
  throw new UserError(
    'TRANSFER_FAILED',
    `${failures.length} of ${targets.length} transfers failed.\n${told.sentences}`,
    { cause: told.cause },
  );
}
